#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pricing/match.h"
#include "pricing/price.h"

namespace penstock::pricing {

// What tiers of service multiply prices by: rows of catalogue/multipliers.tsv,
//
//   provider  model rule (see match.h; "^" matches all)  field=value  numerator/denominator
//
// keyed by the field of the provider's response that says how it served the request: service_tier
// (OpenAI, also "batch" for what came out of a batch), speed, inference_geo (Anthropic). Read-only
// once built: safe from every thread.
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
  // value of each field, 1000 at least. `asks_for_speed`: whether it has the field "speed", which
  // no provider's setting stands in for.
  int64_t dearestPermille(std::string_view provider, std::string_view model,
                          bool asks_for_speed) const;

 private:
  struct Row {
    NameRule rule;
    std::string_view field, value;
    Multiplier multiplier;
    size_t field_place = 0, value_place = 0;  // among those of the provider
    bool may_raise = false;                   // some row of the same value makes dearer
  };
  static constexpr size_t kMaxFields = 8, kMaxValues = 64;
  void addRow(std::string_view line);
  const Row* find(std::string_view provider, std::string_view model, std::string_view field,
                  std::string_view value) const;

  std::unordered_map<std::string_view, std::vector<Row>> rows_;  // by provider
};

}  // namespace penstock::pricing
