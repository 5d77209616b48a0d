#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pricing/match.h"
#include "pricing/price.h"

namespace penstock::pricing {

// What a request says of the tier that it wants. A provider never serves "default", "flex" or the
// like at more than the standard price, while nothing and "auto" leave the choice to its settings.
struct AskedTier {
  std::string_view service_tier;
  bool speed = false;  // the request has a field "speed"
};

// What tiers of service multiply prices by: rows of catalogue/multipliers.tsv,
//
//   providers  model rule (see match.h; "^" matches all)  field=value  numerator/denominator
//   [asked]
//
// keyed by the field of the provider's response that says how it served the request: service_tier
// (OpenAI, also "batch" for what came out of a batch), speed, inference_geo (Anthropic). Providers
// are separated by commas. "asked": nobody is served so whose request does not ask for it; without
// it a setting at the provider may do so. Read-only once built: safe from every thread.
class TierMultipliers {
 public:
  TierMultipliers() = default;
  // The text must outlive this. Throws std::runtime_error on a malformed row: a defect of the
  // build.
  explicit TierMultipliers(std::string_view table);

  // `tier` is RequestLog::service_tier: values separated by commas, "flex" or
  // "speed=fast,inference_geo=us"; one without a name is a service_tier, and OpenAI's "fast" is the
  // new name of its "priority". The product of what each multiplies by; 1 where no row matches.
  // `model` is in lower case.
  Multiplier of(std::string_view provider, std::string_view model, std::string_view tier) const;

  // The most that a request may be multiplied by, in thousandths, rounded up: with the dearest
  // value of each field that it may be served at, 1000 at least.
  int64_t dearestPermille(std::string_view provider, std::string_view model, AskedTier asked) const;

 private:
  struct Row {
    NameRule rule;
    std::string_view field, value;
    Multiplier multiplier;
    size_t field_place = 0, value_place = 0;  // among those of the provider
    bool may_raise = false;                   // some row of the same value makes dearer
    bool asked = false;
  };
  static constexpr size_t kMaxFields = 8, kMaxValues = 64;
  void addRow(std::string_view line, std::string_view provider, std::string_view rest);
  static bool mayServe(const Row& row, AskedTier asked);
  const Row* find(std::string_view provider, std::string_view model, std::string_view field,
                  std::string_view value) const;

  std::unordered_map<std::string_view, std::vector<Row>> rows_;  // by provider
};

}  // namespace penstock::pricing
