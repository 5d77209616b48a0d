#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/money.h"
#include "model/usage.h"

namespace penstock::pricing {

// Picodollars, one rate a usage bucket: of tokens each, so $1 per million is 1,000,000.
// Nano-dollars would be too coarse ($0.0375 per million is 37.5 of them).
struct Rates {
  int64_t input = 0;
  int64_t cache_read = 0;
  int64_t cache_write = 0;
  int64_t cache_write_1h = 0;
  int64_t input_audio = 0;
  int64_t input_image = 0;
  int64_t cache_read_audio = 0;
  int64_t cache_read_image = 0;
  int64_t output = 0;
  int64_t output_reasoning = 0;
  int64_t output_audio = 0;
  int64_t output_image = 0;
  // By the piece.
  int64_t web_search = 0;  // a search
  int64_t image = 0;       // a generated image
  int64_t audio_hour = 0;  // an hour
  int64_t character = 0;   // a character
  bool operator==(const Rates&) const = default;
};

// The price of one model at one time. Where a source names no rate of its own for a bucket, the
// bucket has its parent's, see buckets.h.
struct Price {
  // Tiers are cliffs: past `above` input tokens (all input buckets together) its rates hold for
  // every token of the request, output included.
  struct Tier {
    int64_t above = 0;
    Rates rates;
    bool operator==(const Tier&) const = default;
  };
  Rates base;
  std::vector<Tier> tiers;  // by rising `above`
  int64_t request = 0;      // picodollars a request, on top of the rest
  bool operator==(const Price&) const = default;

  const Rates& ratesFor(int64_t input_tokens) const { return tierFor(input_tokens).second; }
  // The same with the tier's `above`; -1 below all tiers.
  std::pair<int64_t, const Rates&> tierFor(int64_t input_tokens) const;
};

// What a tier of service multiplies the cost of tokens by, exactly: 5/3 is no decimal. Searches,
// images and other pieces, and the fee a request, are not multiplied. Both parts are in [1, 10^5]
// and the quotient is in [1/1000, 1000]; see makeMultiplier().
struct Multiplier {
  int64_t numerator = 1, denominator = 1;
  bool operator==(const Multiplier&) const = default;
  int64_t permille() const { return (numerator * 1000 + denominator - 1) / denominator; }  // up
};

// The product of two. Reduced; should it leave the bounds, it is rounded up into them.
Multiplier operator*(Multiplier a, Multiplier b);

// Dollars a million tokens (scale 1'000'000) or each (10^12) as picodollars. Nothing for what is
// negative, finer than a picodollar, or more than $1,000 a token.
std::optional<int64_t> picodollarsOf(double dollars, double scale);

// Exact decimals without trailing zeros: picodollars a token as dollars a million tokens ("0.0375",
// "2.5", "10"), picodollars a piece as dollars ("0.005").
std::string usdPerMillionTokens(int64_t picodollars);
std::string usdEach(int64_t picodollars);

struct Cost {
  Money input, output, total;
  bool operator==(const Cost&) const = default;
};

// What a request with this usage costs. Exact in 128 bits; the sum of all buckets, multiplied, is
// rounded once, up, to nano-dollars: that is `total`, and what budgets are charged. For display it
// is split so that input + output = total always: `input` is rounded down (the per-request fee
// belongs to it) and `output` takes the rest, except that without output everything is input.
// Negative counts are zero; amounts beyond int64 stay at its end.
Cost costOf(const Price& price, const model::Usage& usage, Multiplier multiplier = {});

}  // namespace penstock::pricing
