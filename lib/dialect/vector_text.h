#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

// Vectors of embeddings, as numbers and as OpenAI's base64 of little-endian 32-bit floats.
namespace penstock::dialect {

// [0.6,0.8]
std::string numbersOf(const std::vector<float>& vector);
// The base64, quoted.
std::string base64Of(const std::vector<float>& vector);

// Either of them, raw or parsed, as a vector; nothing when it is none, or holds
// a number that is not finite as a float.
std::optional<std::vector<float>> vectorOf(std::string_view raw);
std::optional<std::vector<float>> vectorOf(json::ValueRef value);

// Leaves one of no length, and one whose length is 1 up to rounding, as it is.
void bringToLengthOne(std::vector<float>& vector);

}  // namespace penstock::dialect
