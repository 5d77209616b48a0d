#include "manage/declarative_prices.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "manage/answers.h"
#include "manage/body.h"
#include "manage/effects.h"
#include "manage/kinds.h"
#include "manage/price_fields.h"

namespace penstock::manage {
namespace {

bool canName(const model::PriceOverride& price, store::Tables& tables,
             const pricing::PriceCatalogue& catalogue) {
  return inCatalogue(catalogue, price.provider) ||
         tables.providers.findByName(price.provider).has_value();
}

auto subjectOf(const model::PriceOverride& price) {
  return std::tuple(price.provider, price.model, price.starts_at);
}

class Prices {
 public:
  Prices(Change& change, const pricing::PriceCatalogue& catalogue)
      : change_(change), catalogue_(catalogue) {}

  void read(json::ObjectReader& item) {
    model::PriceOverride wanted;
    for (const char* field : {"provider", "model"}) requireField(item, field);
    readPriceSubject(item, wanted);
    if (!item.ok()) return readPriceTerms(item, wanted);  // what else is wrong with it is said too
    if (!canName(wanted, change_.tables, catalogue_)) item.fail("provider", kNoSuchPriced);
    if (!named_.insert(subjectOf(wanted)).second) item.fail("model", "is in the list already");
    const auto before = change_.tables.price_overrides.findSame(wanted);
    if (before) wanted = *before;
    if (!before) requireField(item, "pricing");
    readPriceTerms(item, wanted);
    if (!item.ok()) return;
    if (before) change_.remember(kPrice, *before);
    const auto done = before ? changePrice(change_, wanted) : addPrice(change_, wanted);
    if (!done) item.fail("", done.error().message);
  }

  bool isNamed(const model::PriceOverride& price) const {
    return named_.contains(subjectOf(price));
  }

 private:
  Change& change_;
  const pricing::PriceCatalogue& catalogue_;
  std::set<decltype(subjectOf({}))> named_;
};

}  // namespace

void reconcilePrices(json::ObjectReader& document, Change& change,
                     const pricing::PriceCatalogue& catalogue, size_t max_items,
                     const LeftOver& left_over) {
  Prices prices(change, catalogue);
  const bool there = document.objects(
      "prices", [&](json::ObjectReader& item) { prices.read(item); }, max_items);
  if (!there) return;
  for (const model::PriceOverride& price : change.tables.price_overrides.all()) {
    if (prices.isNamed(price) || !canName(price, change.tables, catalogue)) continue;
    left_over(price.provider + "/" + price.model, [&change, price]() -> Status {
      dropPrice(change, price);
      return Unit{};
    });
  }
}

void writeDeclaredPrices(json::Writer& out, store::Tables& tables,
                         const pricing::PriceCatalogue& catalogue) {
  auto prices = tables.price_overrides.all();
  std::ranges::sort(prices, {}, subjectOf);
  out.key("prices").beginArray();
  for (const model::PriceOverride& price : prices) {
    if (!canName(price, tables, catalogue)) continue;
    out.beginObject();
    writePriceFields(out, price);
    out.endObject();
  }
  out.endArray();
}

}  // namespace penstock::manage
