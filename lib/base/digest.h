#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

using Sha256 = std::array<uint8_t, 32>;

// SHA-256 with the algorithm fetched once a thread: OpenSSL 3's one-shot call costs four times as
// much because it fetches each time (measured; spec/data-plane.md).
Sha256 sha256(std::string_view bytes);

// HMAC-SHA-256.
Sha256 hmacSha256(std::string_view key, std::string_view bytes);

std::string hex(const uint8_t* bytes, size_t size);
inline std::string hex(const Sha256& digest) { return hex(digest.data(), digest.size()); }

// Equality in time that depends on the sizes only.
bool constantTimeEquals(std::string_view a, std::string_view b);

}  // namespace penstock
