#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// An amount in US dollars, as int64 nano-dollars (range ±$9.2 billion, where sums stay at the end).
// Prices are finer: picodollars per token, see pricing/.
struct Money {
  int64_t nanos = 0;

  auto operator<=>(const Money&) const = default;  // NOLINT(modernize-use-nullptr): its 0
  Money& operator+=(Money other) {
    if (__builtin_add_overflow(nanos, other.nanos, &nanos)) nanos = end(other.nanos > 0);
    return *this;
  }
  Money& operator-=(Money other) {
    if (__builtin_sub_overflow(nanos, other.nanos, &nanos)) nanos = end(other.nanos < 0);
    return *this;
  }
  friend Money operator+(Money a, Money b) { return a += b; }
  friend Money operator-(Money a, Money b) { return a -= b; }

  // Decimal dollars with `digits` (0–9) after the point, rounded half away from zero: "42.1500".
  std::string usd(int digits) const;
  // For people: "$42.15", and what is less than ten cents with as many more digits as it needs to
  // be told from nothing and from its like: "$0.006", "$0.000000012".
  std::string shown() const;

  static constexpr int64_t end(bool upper) {
    return upper ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
  }
};

// Exact: "12", "-0.5", "42.150000001". Nothing for what is not digits with at most nine behind a
// point, or is out of range.
std::optional<Money> parseUsd(std::string_view text);

}  // namespace penstock
