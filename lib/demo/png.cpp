// PNG (RFC 2083): a signature and chunks of length, name, data and CRC. The pixels are in zlib's
// format (RFC 1950) with a block that is stored as it is, so that nothing needs to be compressed.
#include "demo/png.h"

#include <array>
#include <string_view>

#include "demo/hash.h"

namespace penstock::demo {
namespace {

constexpr uint32_t kSide = 64;
constexpr uint32_t kStripe = 8;

void addNumber(std::string& out, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFFU);
}

uint32_t crcOf(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0xEDB88320U : crc >> 1;
  }
  return ~crc;
}

uint32_t adlerOf(std::string_view bytes) {
  constexpr uint32_t kPrime = 65521;
  uint32_t low = 1, high = 0;
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % kPrime;
    high = (high + low) % kPrime;
  }
  return high << 16 | low;
}

void addChunk(std::string& out, std::string_view name, std::string_view data) {
  addNumber(out, static_cast<uint32_t>(data.size()));
  std::string checked(name);
  checked.append(data);
  out.append(checked);
  addNumber(out, crcOf(checked));
}

std::string zlibStored(std::string_view bytes) {
  std::string out = "\x78\x01\x01";  // deflate; one block, stored, the last
  const auto size = static_cast<uint32_t>(bytes.size());
  for (const uint32_t part : {size, ~size}) {
    out += static_cast<char>(part & 0xFFU);
    out += static_cast<char>(part >> 8 & 0xFFU);
  }
  out.append(bytes);
  addNumber(out, adlerOf(bytes));
  return out;
}

std::string header() {
  std::string head;
  addNumber(head, kSide);
  addNumber(head, kSide);
  head.append({8, 2, 0, 0, 0});  // 8 bits a channel, RGB, no choices
  return head;
}

}  // namespace

std::string drawPng(uint64_t seed) {
  std::array<std::string, 2> colours;
  for (std::string& colour : colours) {
    const uint64_t random = nextRandom(seed);
    for (const unsigned shift : {0U, 8U, 16U}) colour += static_cast<char>(random >> shift & 0xFFU);
  }
  std::string rows;
  for (uint32_t y = 0; y < kSide; ++y) {
    rows += '\0';  // no filter
    for (uint32_t x = 0; x < kSide; ++x) rows.append(colours[(x + y) / kStripe % 2]);
  }
  std::string png = "\x89PNG\r\n\x1A\n";
  addChunk(png, "IHDR", header());
  addChunk(png, "IDAT", zlibStored(rows));
  addChunk(png, "IEND", {});
  return png;
}

}  // namespace penstock::demo
