#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace penstock {

// Cryptographically secure random bytes from OpenSSL. Thread-safe; throws when the system has no
// entropy, which cannot be handled.
void randomBytes(void* out, size_t size);

// Cheap 64 random bits from a thread-local generator seeded by randomBytes(). Not for secrets.
uint64_t fastRandom();

// `length` characters of [A-Za-z0-9] from secure bytes, without modulo bias.
std::string randomToken(size_t length);

}  // namespace penstock
