#include "dialect/vector_text.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "base/base64.h"
#include "json/writer.h"

namespace penstock::dialect {

std::string numbersOf(const std::vector<float>& vector) {
  std::string text = "[";
  for (const float x : vector) {
    fmt::format_to(std::back_inserter(text), "{}{}", text.size() > 1 ? "," : "", x);
  }
  return text + "]";
}

std::string base64Of(const std::vector<float>& vector) {
  std::string bytes;
  for (const float x : vector) {
    const auto bits = std::bit_cast<uint32_t>(x);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(bits >> shift & 0xFFU));
    }
  }
  return json::quoted(encodeBase64(bytes));
}

void bringToLengthOne(std::vector<float>& vector) {
  constexpr double kRounding = 1e-5;
  double square = 0;
  for (const float x : vector) square += static_cast<double>(x) * static_cast<double>(x);
  const double length = std::sqrt(square);
  if (length == 0 || std::abs(length - 1) < kRounding) return;
  for (float& x : vector) x = static_cast<float>(static_cast<double>(x) / length);
}

}  // namespace penstock::dialect
