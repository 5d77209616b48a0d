#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"
#include "pricing/buckets.h"
#include "pricing/import.h"

// Internal to pricing/: what the importers share.
namespace penstock::pricing {

// Collects one entry's rates, base and tiers; keeps the first thing that is wrong with it.
class RatesBuilder {
 public:
  // The bucket's rate in dollars; `above` is the tier, -1 the base.
  void set(char letter, int64_t above, json::ValueRef dollars, double scale,
           std::string_view field);
  void setRequest(json::ValueRef dollars, std::string_view field);
  bool empty() const { return tiers_.empty(); }
  const std::string& problem() const { return problem_; }
  Price build() const;

 private:
  std::optional<int64_t> read(json::ValueRef dollars, double scale, std::string_view field);

  std::map<int64_t, NamedRates> tiers_;  // by threshold
  int64_t request_ = 0;
  std::string problem_;
};

// Counts the fields that are left out, by name.
class LeftOut {
 public:
  void add(std::string_view field, std::string_view entry);
  std::vector<LeftOutField> take() const;

 private:
  std::map<std::string, LeftOutField, std::less<>> fields_;
};

// Of entries that come to the same model at the same provider the first stays; the rest are
// skipped.
void dropRepeated(ImportedPrices& all);

// What is wrong with a model's name in a list; empty when nothing is. An override would read a
// trailing * as all names that begin so, which no list means.
std::string nameProblem(std::string_view model);

}  // namespace penstock::pricing
