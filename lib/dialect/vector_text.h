#pragma once

#include <string>
#include <vector>

// Vectors of embeddings as OpenAI's dialect writes them.
namespace penstock::dialect {

// [0.6,0.8]
std::string numbersOf(const std::vector<float>& vector);
// The base64 of little-endian 32-bit floats, quoted.
std::string base64Of(const std::vector<float>& vector);

// Leaves one of no length, and one whose length is 1 up to rounding, as it is.
void bringToLengthOne(std::vector<float>& vector);

}  // namespace penstock::dialect
