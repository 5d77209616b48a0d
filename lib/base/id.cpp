#include "base/id.h"

#include <cstdint>
#include <cstring>

#include "base/digest.h"
#include "base/int128.h"
#include "base/random.h"

namespace penstock {
namespace {

void appendBase32(std::string& out, Uint128 value, int digits) {
  constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (int i = digits - 1; i >= 0; --i) {
    out.push_back(kAlphabet[static_cast<unsigned>(value >> (5 * i)) & 31]);
  }
}

Uint128 eightyRandomBits() {
  uint8_t bytes[10];
  randomBytes(bytes, sizeof bytes);
  Uint128 random = 0;
  for (const uint8_t byte : bytes) random = random << 8 | byte;
  return random;
}

}  // namespace

std::string newId(std::string_view prefix, UnixMillis now) {
  std::string id(prefix);
  appendBase32(id, static_cast<uint64_t>(now), 10);
  appendBase32(id, eightyRandomBits(), 16);
  return id;
}

std::string IdSequence::next(std::string_view prefix, UnixMillis now) {
  constexpr uint32_t kOrders = 1U << 20;
  const bool later = now > last_;
  order_ = later ? 0 : (order_ + 1) % kOrders;
  last_ = later ? now : last_ + (order_ == 0 ? 1 : 0);
  std::string id(prefix);
  appendBase32(id, static_cast<uint64_t>(last_), 10);
  appendBase32(id, order_, 4);
  appendBase32(id, eightyRandomBits(), 12);
  return id;
}

namespace {

std::string formatUuid(uint8_t (&bytes)[16], uint8_t version) {
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | version << 4);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text = hex(bytes, sizeof bytes);
  for (const size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

void fillRandom(uint8_t (&bytes)[16]) {
  const uint64_t words[2] = {fastRandom(), fastRandom()};
  std::memcpy(bytes, words, sizeof bytes);
}

}  // namespace

std::string newUuid() {
  uint8_t bytes[16];
  fillRandom(bytes);
  return formatUuid(bytes, 4);
}

std::string newTimeUuid(UnixMillis now) {
  uint8_t bytes[16];
  fillRandom(bytes);
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<uint8_t>(now >> (8 * (5 - i)));
  return formatUuid(bytes, 7);
}

}  // namespace penstock
