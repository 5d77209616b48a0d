#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/usage.h"
#include "pricing/price.h"

namespace penstock::pricing {

// What one request was charged by: the rates of the tier that its input chose, and the multiplier
// of the tier of service. Stored with the request as a text,
//
//   i10000000 r1000000 o45000000 >272000 *5/2
//
// which is rates_text.h's form, the tier's threshold and the multiplier, both where there is one:
// so the sum can be shown line by line whatever becomes of the prices.
struct Charge {
  Rates rates;
  int64_t request = 0;
  int64_t above = -1;  // the tier's threshold; -1: below all tiers
  Multiplier multiplier;
  bool operator==(const Charge&) const = default;

  Cost cost(const model::Usage& usage) const {
    return costOf({rates, {}, request}, usage, multiplier);
  }
};

Charge chargeOf(const Price& price, const model::Usage& usage, Multiplier multiplier);
std::string formatCharge(const Charge& charge);
std::optional<Charge> parseCharge(std::string_view text);

}  // namespace penstock::pricing
