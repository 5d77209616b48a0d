#include "pricing/price.h"

#include <algorithm>
#include <limits>

#include "base/int128.h"

namespace penstock::pricing {
namespace {

constexpr Int128 kPicosPerNano = 1000;

Int128 times(int64_t tokens, int64_t rate) {
  return static_cast<Int128>(std::max<int64_t>(tokens, 0)) * std::max<int64_t>(rate, 0);
}

Money toMoney(Int128 nanos) {
  constexpr Int128 kMax = std::numeric_limits<int64_t>::max();
  return {static_cast<int64_t>(std::min(nanos, kMax))};
}

// number / 10^digits.
std::string decimal(int64_t number, size_t digits) {
  std::string text = std::to_string(std::max<int64_t>(number, 0));
  if (text.size() <= digits) text = std::string(digits + 1 - text.size(), '0') + text;
  const size_t point = text.size() - digits;
  text = text.substr(0, point) + "." + text.substr(point);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string usdPerMillionTokens(int64_t picodollars) { return decimal(picodollars, 6); }

std::string usdPerRequest(int64_t picodollars) { return decimal(picodollars, 12); }

const Rates& Price::ratesFor(int64_t input_tokens) const {
  const Rates* rates = &base;
  for (const Tier& tier : tiers) {
    if (input_tokens > tier.above) rates = &tier.rates;
  }
  return *rates;
}

Cost costOf(const Price& price, const model::Usage& usage) {
  const Rates& rates = price.ratesFor(usage.input());
  const Int128 input = times(usage.input_uncached, rates.input) +
                       times(usage.input_cache_read, rates.cache_read) +
                       times(usage.input_cache_write, rates.cache_write) +
                       times(usage.input_cache_write_1h, rates.cache_write_1h) +
                       times(usage.input_audio, rates.input_audio) + times(1, price.request);
  const Int128 output = times(usage.output_text, rates.output) +
                        times(usage.output_reasoning, rates.output_reasoning) +
                        times(usage.output_audio, rates.output_audio);
  Cost cost;
  cost.total = toMoney((input + output + kPicosPerNano - 1) / kPicosPerNano);
  cost.input = output == 0 ? cost.total : toMoney(input / kPicosPerNano);
  cost.output = cost.total - cost.input;
  return cost;
}

}  // namespace penstock::pricing
