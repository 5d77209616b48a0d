#include "pricing/import_builder.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace penstock::pricing {
namespace {

constexpr double kEach = 1e12;

}  // namespace

std::optional<int64_t> RatesBuilder::read(json::ValueRef dollars, double scale,
                                          std::string_view field) {
  const auto number = dollars.asDouble();
  const auto picos = number ? picodollarsOf(*number, scale) : std::nullopt;
  if (!picos && problem_.empty()) {
    problem_ = std::string(field) + " is not a price, or finer than a picodollar";
  }
  return picos;
}

void RatesBuilder::set(char letter, int64_t above, json::ValueRef dollars, double scale,
                       std::string_view field) {
  const auto picos = read(dollars, scale, field);
  if (!picos) return;
  const auto* bucket = std::ranges::find(kBuckets, letter, &Bucket::letter);
  tiers_[above].values[static_cast<size_t>(bucket - kBuckets.begin())] = *picos;
}

void RatesBuilder::setRequest(json::ValueRef dollars, std::string_view field) {
  if (const auto picos = read(dollars, kEach, field)) request_ = *picos;
}

Price RatesBuilder::build() const {
  Price price;
  price.request = request_;
  NamedRates named;
  const auto base = tiers_.find(-1);
  if (base != tiers_.end()) named = base->second;
  price.base = named.resolve();
  for (const auto& [above, tier] : tiers_) {
    if (above < 0) continue;
    for (size_t i = 0; i < kBuckets.size(); ++i) {
      if (tier.values[i] >= 0) named.values[i] = tier.values[i];
    }
    price.tiers.push_back({above, named.resolve()});
  }
  return price;
}

void LeftOut::add(std::string_view field, std::string_view entry) {
  LeftOutField& left_out = fields_[std::string(field)];
  if (left_out.count++ == 0) left_out = {std::string(field), 1, std::string(entry)};
}

std::vector<LeftOutField> LeftOut::take() const {
  std::vector<LeftOutField> all;
  for (const auto& [name, field] : fields_) all.push_back(field);
  return all;
}

std::string nameProblem(std::string_view model) {
  constexpr size_t kMaxName = 256;
  const bool control = std::ranges::any_of(
      model, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (trim(model).empty()) return "has no name";
  if (model.size() > kMaxName || control || model.find('*') != std::string_view::npos)
    return "has a name that no model can have";
  return {};
}

void dropRepeated(ImportedPrices& all) {
  std::set<std::string> seen;
  std::vector<ImportedPrice> kept;
  for (ImportedPrice& price : all.prices) {
    std::string name = price.provider + "/" + price.model;
    if (seen.insert(name).second)
      kept.push_back(std::move(price));
    else
      all.skipped.push_back({std::move(name), "is listed more than once; the first is taken"});
  }
  all.prices = std::move(kept);
}

}  // namespace penstock::pricing
