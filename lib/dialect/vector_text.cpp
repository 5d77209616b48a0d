#include "dialect/vector_text.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kFloatBytes = 4;

// Only what is finite is a place in space; nothing else could be written as JSON either.
std::optional<std::vector<float>> finite(std::vector<float> vector) {
  const bool all = std::ranges::all_of(vector, [](float x) { return std::isfinite(x); });
  return all ? std::optional(std::move(vector)) : std::nullopt;
}

std::optional<std::vector<float>> fromBase64(std::string_view text) {
  const auto bytes = decodeBase64(text);
  if (!bytes || bytes->size() % kFloatBytes != 0) return std::nullopt;
  std::vector<float> vector;
  vector.reserve(bytes->size() / kFloatBytes);
  for (size_t at = 0; at < bytes->size(); at += kFloatBytes) {
    uint32_t bits = 0;
    for (size_t i = kFloatBytes; i-- > 0;) {
      bits = bits << 8 | static_cast<unsigned char>((*bytes)[at + i]);
    }
    vector.push_back(std::bit_cast<float>(bits));
  }
  return finite(std::move(vector));
}

}  // namespace

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

std::optional<std::vector<float>> vectorOf(std::string_view raw) {
  if (json::rawKind(raw) != json::Kind::Array) {
    const auto text = json::rawString(raw);
    return text ? fromBase64(*text) : std::nullopt;
  }
  std::vector<float> vector;
  bool numbers = true;
  json::forEachElement(raw, [&](std::string_view element) {
    const auto number = json::rawDouble(element);
    numbers = number.has_value();
    if (number) vector.push_back(static_cast<float>(*number));
    return numbers;
  });
  return numbers ? finite(std::move(vector)) : std::nullopt;
}

std::optional<std::vector<float>> vectorOf(json::ValueRef value) {
  if (const auto text = value.asString()) return fromBase64(*text);
  if (!value.isArray()) return std::nullopt;
  std::vector<float> vector;
  vector.reserve(value.size());
  for (const json::ValueRef number : value.elements()) {
    const auto x = number.asDouble();
    if (!x) return std::nullopt;
    vector.push_back(static_cast<float>(*x));
  }
  return finite(std::move(vector));
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
