#include "pricing/ceiling.h"

#include "pricing/wide.h"

namespace penstock::pricing {
namespace {

constexpr Int128 kPermille = 1000;
constexpr Int128 kDenominator = kPicosPerNano * kPermille;

int64_t dearestInput(const Rates& rates, const RequestBound& bound) {
  int64_t most = std::max({rates.input, rates.cache_read, rates.cache_write});
  if (bound.long_cache) most = std::max(most, rates.cache_write_1h);
  if (bound.audio_input) most = std::max({most, rates.input_audio, rates.cache_read_audio});
  if (bound.image_input) most = std::max({most, rates.input_image, rates.cache_read_image});
  return most;
}

int64_t dearestOutput(const Rates& rates, const RequestBound& bound) {
  int64_t most = std::max(rates.output, rates.output_reasoning);
  if (bound.audio_output) most = std::max(most, rates.output_audio);
  if (bound.image_output) most = std::max(most, rates.output_image);
  return most;
}

Int128 permilleOf(const RequestBound& bound) {
  return std::clamp<int64_t>(bound.multiplier_permille, 1, 1'000'000);
}

// What does not depend on the output, in picodollars × 1000.
Int128 fixedPart(const Price& price, const Rates& rates, int64_t input_tokens,
                 const RequestBound& bound) {
  const Int128 input = bounded(product(input_tokens, dearestInput(rates, bound)));
  const Int128 hours = product(bound.audio_ms, rates.audio_hour);
  const Int128 pieces =
      bounded(product(1, price.request) + product(bound.web_searches, rates.web_search) +
              product(bound.images, rates.image) + product(bound.characters, rates.character) +
              (hours + kMillisPerHour - 1) / kMillisPerHour);
  return input * permilleOf(bound) + pieces * kPermille;
}

// Calls `each` with the rates of every tier that the input may reach and the most input that stays
// in it.
template <typename Each>
void forEachTier(const Price& price, int64_t input_tokens, const Each& each) {
  const Rates* rates = &price.base;
  for (const Price::Tier& tier : price.tiers) {
    if (input_tokens <= tier.above) break;
    each(*rates, tier.above);
    rates = &tier.rates;
  }
  each(*rates, input_tokens);
}

}  // namespace

Money ceilingCost(const Price& price, const RequestBound& bound) {
  Int128 most = 0;
  forEachTier(price, bound.input_tokens, [&](const Rates& rates, int64_t input_tokens) {
    const Int128 output = bounded(product(bound.output_tokens, dearestOutput(rates, bound)));
    most =
        std::max(most, fixedPart(price, rates, input_tokens, bound) + output * permilleOf(bound));
  });
  return toMoney((most + kDenominator - 1) / kDenominator);
}

int64_t outputThatFits(const Price& price, RequestBound bound, Money available) {
  // Costs end at int64's largest, so that always fits.
  if (available.nanos == kMaxNanos) return std::numeric_limits<int64_t>::max();
  if (available.nanos < 0) return -1;
  Int128 fits = kMaxNanos;
  forEachTier(price, bound.input_tokens, [&](const Rates& rates, int64_t input_tokens) {
    const Int128 left =
        available.nanos * kDenominator - fixedPart(price, rates, input_tokens, bound);
    const Int128 each = dearestOutput(rates, bound) * permilleOf(bound);
    if (left < 0)
      fits = -1;
    else if (each > 0)
      fits = std::min(fits, left / each);
  });
  return static_cast<int64_t>(fits);
}

}  // namespace penstock::pricing
