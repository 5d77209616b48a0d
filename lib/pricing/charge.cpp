#include "pricing/charge.h"

#include <charconv>

#include "base/text.h"
#include "pricing/rates_text.h"

namespace penstock::pricing {
namespace {

std::optional<int64_t> numberOf(std::string_view text) {
  int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<Multiplier> multiplierOf(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto numerator = numberOf(text.substr(0, slash));
  const auto denominator = numberOf(text.substr(slash + 1));
  if (!numerator || !denominator || *numerator == 0 || *denominator == 0) return std::nullopt;
  return Multiplier{*numerator, *denominator};
}

}  // namespace

Charge chargeOf(const Price& price, const model::Usage& usage, Multiplier multiplier) {
  const auto [above, rates] = price.tierFor(usage.input());
  return {rates, price.request, above, multiplier};
}

std::string formatCharge(const Charge& charge) {
  std::string text = formatRates({charge.rates, {}, charge.request});
  if (charge.above >= 0) text += " >" + std::to_string(charge.above);
  if (charge.multiplier != Multiplier{}) {
    text += " *" + std::to_string(charge.multiplier.numerator) + '/' +
            std::to_string(charge.multiplier.denominator);
  }
  return text;
}

std::optional<Charge> parseCharge(std::string_view text) {
  Charge charge;
  std::string rates;
  bool good = true;
  split(text, ' ', [&](std::string_view word) {
    if (word.starts_with('>')) {
      const auto above = numberOf(word.substr(1));
      good = good && above.has_value();
      charge.above = above.value_or(-1);
    } else if (word.starts_with('*')) {
      const auto multiplier = multiplierOf(word.substr(1));
      good = good && multiplier.has_value();
      charge.multiplier = multiplier.value_or(Multiplier{});
    } else {
      if (!rates.empty()) rates += ' ';
      rates.append(word);
    }
  });
  const auto price = parseRates(rates);
  if (!good || !price || !price->tiers.empty()) return std::nullopt;
  charge.rates = price->base;
  charge.request = price->request;
  return charge;
}

}  // namespace penstock::pricing
