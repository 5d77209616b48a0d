#pragma once

#include <string>

#include "model/decision.h"

namespace penstock::trace {

// The decision trace as JSON (spec/modelux.md 5.2): what mlx:trace, dry runs and the management API
// show.
std::string renderDecision(const model::DecisionTrace& trace);

}  // namespace penstock::trace
