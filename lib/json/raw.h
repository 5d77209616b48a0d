#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "json/kind.h"

namespace penstock::json {

// Reading of single raw values that scanObject() or validate() has accepted; on other input the
// answers are unspecified but safe.

// Kind by the first character.
Kind rawKind(std::string_view raw);

// The decoded text of a string value; nothing for other kinds.
std::optional<std::string> rawString(std::string_view raw);
// The same without a copy; nothing also when the string holds an escape.
std::optional<std::string_view> rawPlainString(std::string_view raw);
// A whole number in int64 range, however written (5, 5.0, 5e0); nothing otherwise.
std::optional<int64_t> rawInteger(std::string_view raw);
std::optional<double> rawDouble(std::string_view raw);
std::optional<bool> rawBool(std::string_view raw);
// True for an array or object without elements.
bool rawEmpty(std::string_view raw);

// Calls `each` with every element of a raw array, or until it answers false.
void forEachElement(std::string_view raw, const std::function<bool(std::string_view)>& each);

// The same with every member of a raw object, repeated keys included. The key is decoded and valid
// during the call only.
void forEachMember(std::string_view raw,
                   const std::function<bool(std::string_view key, std::string_view value)>& each);

}  // namespace penstock::json
