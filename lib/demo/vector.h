#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::demo {

inline constexpr size_t kDefaultDimensions = 256;
inline constexpr size_t kMaxDimensions = 4'096;

// A unit vector for a text, always the same. Texts that share words lie near each other (each word
// pushes a few dimensions of its own, whatever its case), and no two texts are quite equal.
std::vector<float> embedText(std::string_view text, size_t dimensions);

// The vector as base64 of little-endian 32-bit floats, as OpenAI's encoding_format has it.
std::string base64Floats(const std::vector<float>& vector);

}  // namespace penstock::demo
