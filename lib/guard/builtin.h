#pragma once

#include <span>
#include <string_view>

#include "guard/checks.h"

namespace penstock::guard {

// One form of a kind of personal data or secret that is known without being told.
struct Builtin {
  std::string_view type;     // in rules: "email"; several rows may have one type
  std::string_view label;    // in findings and replacements: "EMAIL"
  std::string_view pattern;  // RE2
  Check check = nullptr;     // what the pattern cannot say
  // Letters, digits and these that follow a match belong to it, so that no length needs a bound.
  // Null: it ends with the match.
  const char* tail = nullptr;
};

std::span<const Builtin> builtinPii();
std::span<const Builtin> builtinSecrets();

}  // namespace penstock::guard
