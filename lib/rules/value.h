#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace penstock::rules {

// What a rule computes with; a missing value is `null` in a rule. Text is a view of the rule or of
// a fact.
using Missing = std::monostate;
using Value = std::variant<Missing, bool, double, std::string_view>;

// What the checker knows a term to be. A term of any type may turn out to be null.
enum class Type : uint8_t { Null, Bool, Number, Text, List };
std::string_view typeName(Type type);  // for messages: "a number"

// As a rule would write it: null, true, 0.93, 'support'.
std::string toText(const Value& value);

}  // namespace penstock::rules
