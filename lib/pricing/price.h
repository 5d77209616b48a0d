#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/money.h"
#include "model/usage.h"

namespace penstock::pricing {

// Picodollars a token, one rate a usage bucket: $1 per million tokens is 1,000,000. Nano-dollars
// would be too coarse ($0.0375 per million is 37.5 of them).
struct Rates {
  int64_t input = 0;
  int64_t cache_read = 0;
  int64_t cache_write = 0;
  int64_t cache_write_1h = 0;
  int64_t input_audio = 0;
  int64_t output = 0;
  int64_t output_reasoning = 0;
  int64_t output_audio = 0;
  bool operator==(const Rates&) const = default;
};

// The price of one model at one time. Where a source names no rate of its own for a bucket, the
// bucket has its parent's: cache and audio that of input, the 1-hour write that of the write,
// reasoning and audio that of output.
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
  int64_t request = 0;      // picodollars a request, on top of the tokens
  bool operator==(const Price&) const = default;

  const Rates& ratesFor(int64_t input_tokens) const;
};

// Exact decimals without trailing zeros: picodollars a token as dollars a million tokens ("0.0375",
// "2.5", "10"), picodollars a request as dollars a request ("0.005").
std::string usdPerMillionTokens(int64_t picodollars);
std::string usdPerRequest(int64_t picodollars);

struct Cost {
  Money input, output, total;
  bool operator==(const Cost&) const = default;
};

// What a request with this usage costs. Exact in 128 bits; the sum of all buckets is rounded once,
// up, to nano-dollars: that is `total`, and what budgets are charged. For display it is split so
// that input + output = total always: `input` is rounded down (the per-request fee belongs to it)
// and `output` takes the rest, except that without output everything is input. Negative counts are
// zero; amounts beyond int64 stay at its end.
Cost costOf(const Price& price, const model::Usage& usage);

}  // namespace penstock::pricing
