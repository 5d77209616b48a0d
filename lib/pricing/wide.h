#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/int128.h"
#include "base/money.h"

// Internal to pricing/: 128-bit sums of picodollars that cannot overflow.
namespace penstock::pricing {

constexpr Int128 kPicosPerNano = 1000;
constexpr Int128 kMillisPerHour = 3'600'000;
constexpr Int128 kMaxNanos = std::numeric_limits<int64_t>::max();
// A sum past this is past int64 nano-dollars under the smallest multiplier, 1/1000: it may stay
// here, and products with a denominator and an hour's milliseconds still fit.
constexpr Int128 kMaxPicos = kMaxNanos * kPicosPerNano * 1000;

// Negative factors are zero.
constexpr Int128 product(int64_t count, int64_t rate) {
  const Int128 wide = static_cast<Int128>(std::max<int64_t>(count, 0)) * std::max<int64_t>(rate, 0);
  return std::min(wide, kMaxPicos * kMillisPerHour);
}

constexpr Int128 bounded(Int128 picos) { return std::min(picos, kMaxPicos); }

constexpr Money toMoney(Int128 nanos) { return {static_cast<int64_t>(std::min(nanos, kMaxNanos))}; }

}  // namespace penstock::pricing
