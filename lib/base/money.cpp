#include "base/money.h"

#include <algorithm>
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
  // By hand, from its end: every answer carries several amounts.
  char buffer[32];
  char* const end = buffer + sizeof buffer;
  char* at = end;
  uint64_t rest = rounded;
  for (size_t i = 0; i < decimals; ++i, rest /= 10) *--at = static_cast<char>('0' + rest % 10);
  if (decimals > 0) *--at = '.';
  do *--at = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (nanos < 0 && rounded != 0) *--at = '-';
  return {at, static_cast<size_t>(end - at)};
}

std::string Money::shown() const {
  constexpr int64_t kSmall = 100'000'000;
  constexpr int64_t kTiny = 100'000;
  constexpr size_t kCents = 2;
  const auto within = [this](int64_t bound) { return nanos > -bound && nanos < bound; };
  std::string text = usd(!within(kSmall) ? 2 : within(kTiny) ? 9 : 6);
  const size_t least = text.find('.') + 1 + kCents;
  text.resize(std::max(text.find_last_not_of('0') + 1, least));
  return text.insert(text.starts_with('-') ? 1 : 0, "$");
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
