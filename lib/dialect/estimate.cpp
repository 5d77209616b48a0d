#include "dialect/estimate.h"

#include <array>

namespace penstock::dialect {
namespace {

enum Kind : uint8_t { Blank, Small, Capital, Digit, Sign, High, Kinds };

constexpr std::array<uint8_t, 256> kindsOfBytes() {
  std::array<uint8_t, 256> kinds{};
  for (size_t c = 0; c < kinds.size(); ++c) {
    kinds[c] = c <= ' '               ? Blank
               : c >= 'a' && c <= 'z' ? Small
               : c >= 'A' && c <= 'Z' ? Capital
               : c >= '0' && c <= '9' ? Digit
               : c < 0x80             ? Sign
                                      : High;
  }
  return kinds;
}
constexpr std::array<uint8_t, 256> kKindOf = kindsOfBytes();

using Thirds = std::array<std::array<uint8_t, Kinds>, Kinds>;

// Of a token, by the kind of the byte before and its own.
constexpr Thirds thirdsOfToken() {
  Thirds thirds{};
  for (auto& after : thirds) after = {1, 1, 1, 3, 3, 2};
  thirds[Capital][Small] = thirds[Capital][Capital] = 2;
  thirds[Small][Capital] = 3;
  thirds[Digit][Small] = thirds[Digit][Capital] = 3;
  return thirds;
}
constexpr Thirds kThirds = thirdsOfToken();

}  // namespace

void TextSize::add(std::string_view text) {
  bytes_ += static_cast<int64_t>(text.size());
  int64_t thirds = 0;
  uint8_t last = last_;
  for (const char c : text) {
    const uint8_t kind = kKindOf[static_cast<uint8_t>(c)];
    thirds += kThirds[last][kind];
    last = kind;
  }
  last_ = last;
  thirds_ += thirds;
}

}  // namespace penstock::dialect
