#pragma once

#include <memory>

#include "base/result.h"
#include "config/snapshot.h"

namespace penstock::config {

// Compiles the projects' guardrails. Those that are as they were in `base`, which may be null, are
// taken from it. The error names the project.
Result<std::shared_ptr<const GuardIndex>> buildGuards(const ProjectIndex& projects,
                                                      const Snapshot* base);

}  // namespace penstock::config
