#include "base/money.h"

#include <charconv>

namespace penstock {
namespace {

constexpr size_t kDecimals = 9;

bool isDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string Money::usd(int digits) const {
  const auto decimals = static_cast<size_t>(digits);
  uint64_t unit = 1;
  for (size_t i = decimals; i < kDecimals; ++i) unit *= 10;
  const uint64_t magnitude =
      nanos < 0 ? ~static_cast<uint64_t>(nanos) + 1 : static_cast<uint64_t>(nanos);
  const uint64_t rounded = (magnitude + unit / 2) / unit;
  // By hand: every answer carries several amounts.
  std::string text = std::to_string(rounded);
  if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
  if (nanos < 0 && rounded != 0) text.insert(0, 1, '-');
  return text;
}

// The digits on both sides of the point are those of the nanos, once there are nine behind it.
std::optional<Money> parseUsd(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? "0" : text.substr(point + 1);
  if (!isDigits(whole) || !isDigits(part) || part.size() > kDecimals) return std::nullopt;
  std::string digits(negative ? "-" : "");
  digits.append(whole).append(part).append(kDecimals - part.size(), '0');
  Money amount;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), amount.nanos);
  if (error != std::errc{}) return std::nullopt;
  return amount;
}

}  // namespace penstock
