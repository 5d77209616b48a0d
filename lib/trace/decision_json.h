#pragma once

#include <string>

#include "model/decision.h"

namespace penstock::trace {

// The decision trace as JSON (spec/modelux.md 5.2): what mlx:trace, dry runs and the management API
// show.
std::string renderDecision(const model::DecisionTrace& trace);

// The same as the log keeps it: each budget is a short row, since a request may have dozens and
// every request is logged. ["b",0,2,125] has name, unit and action by their numbers, and the
// ten-thousandths that are used; the outcome only where the budget stood in the way.
std::string renderStored(const model::DecisionTrace& trace);
// What was stored, in either form, as it is shown.
std::string showStored(std::string stored);

}  // namespace penstock::trace
