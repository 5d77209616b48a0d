#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::rules {

// What a node of a rule does.
enum class Operation : uint8_t {
  Literal,
  Read,
  List,
  Or,
  And,
  Not,
  Equal,
  NotEqual,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  In,
  NotIn,
  Contains,
  StartsWith,
  Matches,
  Exists,
  Length,
  Lower,
};

// How a rule writes it: "&&", "not in", "len"; empty for literals, variables and lists.
std::string_view spelling(Operation operation);

}  // namespace penstock::rules
