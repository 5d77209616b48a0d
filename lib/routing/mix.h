#pragma once

#include <cstdint>

namespace penstock::routing {

// Spreads what may be similar numbers over all 64 bits (SplitMix64's finaliser). Not for secrets.
constexpr uint64_t mixBits(uint64_t bits) {
  bits += 0x9E3779B97F4A7C15ULL;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBULL;
  return bits ^ (bits >> 31);
}

// A number between 0 and 1, neither of them, from 64 random bits.
constexpr double unitInterval(uint64_t bits) {
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

}  // namespace penstock::routing
