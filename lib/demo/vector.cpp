#include "demo/vector.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "base/base64.h"
#include "base/text.h"
#include "demo/hash.h"
#include "demo/tokenizer.h"

namespace penstock::demo {
namespace {

constexpr int kDimensionsPerWord = 8;
constexpr float kWhimsy = 0.02F;  // how much of a vector is the text's own

// Uniform in [-1, 1).
float randomFloat(uint64_t& state) {
  return static_cast<float>(static_cast<int64_t>(nextRandom(state)) >> 40) / 8'388'608.0F;
}

void addWord(std::vector<float>& vector, std::string_view word) {
  uint64_t state = hashText(asciiLower(trim(word)));
  for (int i = 0; i < kDimensionsPerWord; ++i) {
    vector[nextRandom(state) % vector.size()] += randomFloat(state);
  }
}

void normalize(std::vector<float>& vector) {
  double square = 0;
  for (const float x : vector) square += static_cast<double>(x) * static_cast<double>(x);
  const double length = std::sqrt(square);
  if (length == 0) {
    vector[0] = 1;
    return;
  }
  for (float& x : vector) x = static_cast<float>(static_cast<double>(x) / length);
}

std::string bytesOf(const std::vector<float>& vector) {
  std::string bytes;
  bytes.reserve(vector.size() * 4);
  for (const float x : vector) {
    const auto bits = std::bit_cast<uint32_t>(x);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>((bits >> shift) & 0xFFU));
    }
  }
  return bytes;
}

}  // namespace

std::vector<float> embedText(std::string_view text, size_t dimensions) {
  std::vector<float> vector(dimensions, 0.0F);
  for (const std::string_view token : tokenize(text)) addWord(vector, token);
  normalize(vector);
  uint64_t state = hashText(text);
  for (float& x : vector) x += kWhimsy * randomFloat(state);
  normalize(vector);
  return vector;
}

std::string base64Floats(const std::vector<float>& vector) { return encodeBase64(bytesOf(vector)); }

}  // namespace penstock::demo
