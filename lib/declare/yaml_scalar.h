#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::declare {

// A plain (unquoted) scalar by the YAML 1.2 core schema.
struct PlainScalar {
  enum class Kind { Null, Bool, Int, Float, NotFinite, String };
  Kind kind = Kind::String;
  std::string json;  // its JSON text; empty for NotFinite and String
};
PlainScalar resolvePlain(std::string_view text);

// True when the text may stand unquoted in block style and every reader, also one of YAML 1.1,
// takes it for that string.
bool isSafePlain(std::string_view text);

}  // namespace penstock::declare
