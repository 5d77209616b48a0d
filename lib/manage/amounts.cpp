#include "manage/amounts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace penstock::manage {
namespace {

// A double holds any decimal number of 15 digits; below this, also all with nine decimals.
constexpr double kExactBelow = 4'194'304;  // 2^22
constexpr std::ptrdiff_t kExactDigits = 15;

// The digits of a number as it was written; empty when they cannot be known.
std::string digitsOf(json::ValueRef number) {
  if (const auto whole = number.asInt()) return std::to_string(*whole);
  const auto value = number.asDouble();
  if (!value || !std::isfinite(*value)) return {};
  std::array<char, 400> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), *value, std::chars_format::fixed);
  if (error != std::errc{}) return {};
  std::string text(buffer.data(), end);
  const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
  if (std::abs(*value) >= kExactBelow && digits > kExactDigits) return {};
  return text;
}

}  // namespace

std::optional<Money> readUsd(json::ObjectReader& body, std::string_view key, Money min) {
  const auto value = body.value(key);
  if (!value) return std::nullopt;
  const auto text = value->asString();
  const auto amount = parseUsd(text ? std::string(*text) : digitsOf(*value));
  if (!amount) {
    body.fail(key,
              "must be dollars with at most nine decimals: a number of at most 15 digits, or "
              "a string");
  } else if (*amount < min) {
    body.fail(key, "must be at least " + min.usd(min.nanos % 1'000'000'000 == 0 ? 0 : 9));
  } else {
    return amount;
  }
  return std::nullopt;
}

}  // namespace penstock::manage
