#pragma once

#include "rules/explanation.h"
#include "rules/facts.h"
#include "rules/program.h"

namespace penstock::rules {

// Whether a checked program's condition holds for the facts. Total, and allocates only for an
// explanation, which it fills when there is one.
bool holds(const Program& program, const Facts& facts, Explanation* explanation);

}  // namespace penstock::rules
