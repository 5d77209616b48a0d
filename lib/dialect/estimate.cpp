#include "dialect/estimate.h"

#include <array>

namespace penstock::dialect {
namespace {

constexpr std::array<uint8_t, 256> thirdsOfToken() {
  std::array<uint8_t, 256> thirds{};
  for (size_t c = 0; c < thirds.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c <= ' ';
    thirds[c] = letter ? 1 : c < 0x80 ? 3 : 2;
  }
  return thirds;
}
constexpr std::array<uint8_t, 256> kThirds = thirdsOfToken();

}  // namespace

void TextSize::add(std::string_view text) {
  bytes_ += static_cast<int64_t>(text.size());
  int64_t thirds = 0;
  for (const char c : text) thirds += kThirds[static_cast<uint8_t>(c)];
  thirds_ += thirds;
}

}  // namespace penstock::dialect
