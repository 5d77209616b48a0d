#pragma once

#include "proxy/dry_run.h"

namespace penstock {

// proxy::dryRun() for a thread that is not the loop's: waits for it. Overloaded when the loop does
// not get to it, as when it has ended.
Result<model::DecisionTrace> dryRunOn(proxy::LoopContext& loop,
                                      const proxy::DryRunRequest& request);

}  // namespace penstock
