#include "base/random.h"

#include <random>
#include <stdexcept>
#include <string_view>

#include <openssl/rand.h>

namespace penstock {

void randomBytes(void* out, size_t size) {
  if (RAND_bytes(static_cast<unsigned char*>(out), static_cast<int>(size)) != 1) {
    throw std::runtime_error("no secure random bytes");
  }
}

uint64_t fastRandom() {
  static thread_local std::mt19937_64 generator = [] {
    uint64_t seed = 0;
    randomBytes(&seed, sizeof seed);
    return std::mt19937_64(seed);
  }();
  return generator();
}

std::string randomToken(size_t length) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr unsigned kLimit = 256 / kAlphabet.size() * kAlphabet.size();
  std::string token;
  while (token.size() < length) {
    unsigned char bytes[64];
    randomBytes(bytes, sizeof bytes);
    for (const unsigned char byte : bytes) {
      if (byte < kLimit && token.size() < length)
        token.push_back(kAlphabet[byte % kAlphabet.size()]);
    }
  }
  return token;
}

}  // namespace penstock
