#pragma once

#include <cstddef>
#include <optional>

#include "rules/program.h"
#include "rules/rule_error.h"

namespace penstock::rules {

constexpr size_t kMaxDepth = 32;  // of parentheses, lists and calls in each other
constexpr size_t kMaxListItems = 256;

// Fills the nodes of a program from its text; names are resolved, types are not looked at. The
// grammar is in README.md. Answers what is wrong first, if anything; the program is of no use then.
std::optional<RuleError> parse(Program& program);

}  // namespace penstock::rules
