#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::demo {

// FNV-1a, 64 bits: the same everywhere and for ever, unlike std::hash. Everything the demo provider
// makes up derives from it.
inline constexpr uint64_t kHashSeed = 0xCBF29CE484222325ULL;

constexpr uint64_t hashText(std::string_view text, uint64_t seed = kHashSeed) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return seed;
}

// The next number of a SplitMix64 sequence.
constexpr uint64_t nextRandom(uint64_t& state) {
  uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace penstock::demo
