#pragma once

#include <cstddef>
#include <optional>

#include "rules/program.h"
#include "rules/rule_error.h"

namespace penstock::rules {

constexpr size_t kMaxPatterns = 32;  // each may come to hold its bound of memory

// Gives the nodes of a parsed program their types and compiles its patterns. Answers the
// leftmost of what can never fit, if there is any. Null fits everywhere.
std::optional<RuleError> check(Program& program);

}  // namespace penstock::rules
