#include "rules/value.h"

#include <fmt/format.h>

namespace penstock::rules {

std::string_view typeName(Type type) {
  switch (type) {
    case Type::Null: return "null";
    case Type::Bool: return "true or false";
    case Type::Number: return "a number";
    case Type::Text: return "text";
    case Type::List: return "a list";
  }
  return "";
}

std::string toText(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string_view>(&value)) return fmt::format("'{}'", *text);
  return "null";
}

}  // namespace penstock::rules
