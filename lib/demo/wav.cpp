#include "demo/wav.h"

#include <algorithm>

namespace penstock::demo {
namespace {

constexpr uint32_t kSamplesAByte = kSampleRate / 20;
constexpr uint32_t kBytesASample = 2;
constexpr int16_t kLoudness = 6'000;
constexpr size_t kHeadBytes = 44;

void addNumber(std::string& out, uint32_t number, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(number >> 8 * i & 0xFFU);
}

// A square wave: what needs no table and no rounding is the same everywhere.
void addTone(std::string& out, unsigned char byte) {
  const uint32_t half = byte == ' ' ? kSamplesAByte : 4 + byte % 24U;  // samples of half a wave
  for (uint32_t i = 0; i < kSamplesAByte; ++i) {
    const int16_t up = byte == ' ' ? int16_t{0} : kLoudness;
    const auto sample = static_cast<int16_t>(i / half % 2 == 0 ? up : -up);
    addNumber(out, static_cast<uint16_t>(sample), kBytesASample);
  }
}

}  // namespace

std::string speakPcm(std::string_view text) {
  std::string samples;
  samples.reserve(text.size() * kSamplesAByte * kBytesASample);
  for (const char c : text) addTone(samples, static_cast<unsigned char>(c));
  return samples;
}

std::string wavHead(size_t bytes) {
  std::string head = "RIFF";
  addNumber(head, static_cast<uint32_t>(kHeadBytes - 8 + bytes), 4);
  head += "WAVEfmt ";
  addNumber(head, 16, 4);
  addNumber(head, 1, 2);  // PCM
  addNumber(head, 1, 2);  // channel
  addNumber(head, kSampleRate, 4);
  addNumber(head, kSampleRate * kBytesASample, 4);
  addNumber(head, kBytesASample, 2);
  addNumber(head, 8 * kBytesASample, 2);
  head += "data";
  addNumber(head, static_cast<uint32_t>(bytes), 4);
  return head;
}

uint64_t soundMillis(std::string_view file) {
  constexpr uint64_t kLikelyBytesASecond = 2'000;
  uint64_t rate = kLikelyBytesASecond;
  size_t bytes = file.size();
  if (file.size() >= kHeadBytes && file.starts_with("RIFF") && file.substr(8, 4) == "WAVE") {
    uint64_t said = 0;
    for (size_t i = 4; i-- > 0;) said = said << 8 | static_cast<unsigned char>(file[28 + i]);
    rate = std::max<uint64_t>(said, 1);
    bytes -= kHeadBytes;
  }
  return (bytes * 1000 + rate - 1) / rate;
}

}  // namespace penstock::demo
