#include "dialect/speech_length.h"

#include <algorithm>
#include <cmath>

namespace penstock::dialect {
namespace {

constexpr int64_t kTokensASecond = 20;
constexpr int64_t kMostTokensACharacter = kTokensASecond / 2;
constexpr int64_t kMostTokens = 1'000'000'000;

int64_t atSpeed(int64_t tokens, double speed) {
  const double slowed = std::ceil(static_cast<double>(tokens) / speed);
  return static_cast<int64_t>(std::min(slowed, static_cast<double>(kMostTokens)));
}

int64_t tokensOf(unsigned char first) {
  constexpr unsigned char kThreeBytes = 0xE0;
  if (first >= '0' && first <= '9') return kTokensASecond / 2;
  return first >= kThreeBytes ? kTokensASecond / 4 : kTokensASecond / 10;
}

}  // namespace

SpeechLength::SpeechLength(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;  // within a character
    ++characters_;
    tokens_ += tokensOf(byte);
  }
}

int64_t SpeechLength::tokens(double speed) const { return atSpeed(tokens_, speed); }

int64_t SpeechLength::mostTokens(int64_t characters, double speed) {
  constexpr int64_t kAnyText = 100;  // a breath
  return atSpeed(characters * kMostTokensACharacter + kAnyText, speed);
}

}  // namespace penstock::dialect
