#include "dialect/audio_length.h"

#include <algorithm>

namespace penstock::dialect {
namespace {

constexpr int64_t kMillis = 1000;
constexpr int64_t kLowestBytesASecond = 750;
constexpr int64_t kLikelyBytesASecond = 2'000;

int64_t millisAt(size_t bytes, int64_t bytes_a_second) {
  return (static_cast<int64_t>(bytes) * kMillis + bytes_a_second - 1) / bytes_a_second;
}

uint64_t byteAt(std::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

// Four bytes, the lowest first; the caller knows that they are there.
int64_t littleEndian(std::string_view text, size_t at) {
  uint64_t number = 0;
  for (size_t i = 4; i-- > 0;) number = number << 8 | byteAt(text, at + i);
  return static_cast<int64_t>(number);
}

// The sound of a WAV file.
struct Wav {
  size_t begin = 0, bytes = 0;
  int64_t bytes_a_second = 0;
  int64_t slowest = 0;  // by the rate of samples, where that is less
};

// RIFF: a list of chunks, "fmt " with the rates before "data". A length past the file's end, as
// those have that were written to a pipe, means up to its end.
std::optional<Wav> readWav(std::string_view file) {
  constexpr size_t kHead = 12;
  constexpr size_t kChunkHead = 8;
  if (file.size() < kHead || !file.starts_with("RIFF") || file.substr(8, 4) != "WAVE")
    return std::nullopt;
  Wav wav;
  size_t at = kHead;
  while (at + kChunkHead <= file.size()) {
    const std::string_view name = file.substr(at, 4);
    const auto size = static_cast<size_t>(littleEndian(file, at + 4));
    at += kChunkHead;
    const size_t there = std::min(size, file.size() - at);
    if (name == "fmt " && there >= 16) {
      const auto block = static_cast<int64_t>(byteAt(file, at + 12) | byteAt(file, at + 13) << 8);
      wav.bytes_a_second = littleEndian(file, at + 8);
      wav.slowest = std::min(wav.bytes_a_second, littleEndian(file, at + 4) * block);
    }
    if (name == "data") {
      wav.begin = at;
      wav.bytes = there;
      return wav.slowest > 0 ? std::optional(wav) : std::nullopt;
    }
    at += there + (there & 1U);  // chunks begin at even places
  }
  return std::nullopt;
}

// STREAMINFO comes first: 20 bits of sample rate, and after 8 more 36 of samples, from its 10th
// byte.
std::optional<int64_t> flacMillis(std::string_view file) {
  constexpr size_t kInfo = 8;
  if (!file.starts_with("fLaC") || file.size() < kInfo + 18 || (byteAt(file, 4) & 0x7FU) != 0)
    return std::nullopt;
  const size_t at = kInfo + 10;
  const uint64_t rate =
      byteAt(file, at) << 12 | byteAt(file, at + 1) << 4 | byteAt(file, at + 2) >> 4;
  uint64_t samples = byteAt(file, at + 3) & 0xFU;
  for (size_t i = 4; i < 8; ++i) samples = samples << 8 | byteAt(file, at + i);
  if (rate == 0 || samples == 0) return std::nullopt;
  return static_cast<int64_t>((samples * kMillis + rate - 1) / rate);
}

}  // namespace

std::optional<int64_t> audioMillis(std::string_view file) {
  const auto wav = readWav(file);
  return wav ? millisAt(wav->bytes, wav->bytes_a_second) : flacMillis(file);
}

int64_t boundAudioMillis(std::string_view file, uint64_t coming) {
  const size_t most = file.size() + coming;
  if (const auto wav = readWav(file)) return millisAt(most - wav->begin, wav->slowest);
  return std::max(flacMillis(file).value_or(0), millisAt(most, kLowestBytesASecond));
}

int64_t estimateAudioMillis(std::string_view file) {
  return audioMillis(file).value_or(millisAt(file.size(), kLikelyBytesASecond));
}

}  // namespace penstock::dialect
