#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// ASCII only: bytes above 127 are left as they are.
char asciiLower(char c);
std::string asciiLower(std::string_view text);
bool equalsIgnoreCase(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);  // spaces and tabs

// A whole decimal number without sign, or nothing on any other character, emptiness or overflow.
std::optional<uint64_t> parseUnsigned(std::string_view text);

// %XX decoding, for query strings and paths; nothing on a malformed escape. '+' stays '+'.
std::optional<std::string> percentDecode(std::string_view text);

// Calls `each` with the parts of `text` between separators; an empty text has one empty part.
void split(std::string_view text, char separator,
           const std::function<void(std::string_view)>& each);

// For std::unordered_map<std::string, …> looked up by string_view.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace penstock
