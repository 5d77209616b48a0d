#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace penstock::rules {

// Why a text is no rule.
struct RuleError {
  static constexpr const char* kCode = "invalid_rule";

  std::string message;  // for people; may quote the rule
  size_t position = 0;  // of the byte that the message is about, from 0; the text's size at its end

  // 422, with the position in the message. `param` is the rule's JSON pointer.
  ApiError toApiError(std::string param) const;
  bool operator==(const RuleError&) const = default;
};

// A piece of a rule as a message quotes it: cut, between characters, when it is long.
std::string excerpt(std::string_view source);

}  // namespace penstock::rules
