#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::json {

enum class Kind : uint8_t { Null, Bool, Number, String, Array, Object };

// "null", "a boolean", "a number", … : for messages to people.
std::string_view kindName(Kind kind);

// Bounds of what we accept, beyond the grammar. Numbers are always bounded: at most
// kMaxNumberChars characters and kMaxExponentDigits digits of exponent (RapidJSON 1.1.0 crashes on
// some that are longer; see README.md).
struct Limits {
  size_t max_bytes = 64u << 20;
  uint32_t max_depth = 64;     // at most 64; the outermost container is level 1
  uint32_t max_members = 256;  // of the object that scanObject() indexes
};
inline constexpr size_t kMaxNumberChars = 64;
inline constexpr size_t kMaxExponentDigits = 4;

}  // namespace penstock::json
