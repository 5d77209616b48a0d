#include "rules/operation.h"

namespace penstock::rules {

std::string_view spelling(Operation operation) {
  switch (operation) {
    case Operation::Literal:
    case Operation::Read:
    case Operation::List: return "";
    case Operation::Or: return "||";
    case Operation::And: return "&&";
    case Operation::Not: return "!";
    case Operation::Equal: return "==";
    case Operation::NotEqual: return "!=";
    case Operation::Less: return "<";
    case Operation::LessOrEqual: return "<=";
    case Operation::Greater: return ">";
    case Operation::GreaterOrEqual: return ">=";
    case Operation::In: return "in";
    case Operation::NotIn: return "not in";
    case Operation::Contains: return "contains";
    case Operation::StartsWith: return "starts_with";
    case Operation::Matches: return "matches";
    case Operation::Exists: return "exists";
    case Operation::Length: return "len";
    case Operation::Lower: return "lower";
  }
  return "";
}

}  // namespace penstock::rules
