// Prices of the operator's own: they win over the catalogue.
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/effects.h"
#include "manage/kinds.h"
#include "manage/price_fields.h"
#include "manage/price_import.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listPrices, createPrice, showPrice, updatePrice, deletePrice;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/prices", model::Role::Viewer, listPrices},
    {"POST", "/prices", model::Role::Admin, createPrice},
    {"POST", "/prices/import", model::Role::Admin, importPrices},
    {"GET", "/prices/{price_id}", model::Role::Viewer, showPrice},
    {"PATCH", "/prices/{price_id}", model::Role::Admin, updatePrice},
    {"DELETE", "/prices/{price_id}", model::Role::Admin, deletePrice},
};

constexpr std::string_view kList = "prices";

void writePriceOverride(json::Writer& out, const model::PriceOverride& price, UnixMillis) {
  out.beginObject().field("id", price.id);
  writePriceFields(out, price);
  out.field("source", price.source);
  writeTime(out, "created_at", price.created_at);
  writeTime(out, "updated_at", price.updated_at);
  out.endObject();
}

std::optional<model::PriceOverride> findPrice(store::Tables& tables, const Call&,
                                              std::string_view named) {
  return tables.price_overrides.find(named);
}

void readFields(json::ObjectReader& body, model::PriceOverride& price, const Services& services,
                const Call& call) {
  readPriceSubject(body, price);
  const bool known = inCatalogue(services.prices, price.provider) ||
                     call.config->findProviderByName(price.provider) != nullptr;
  if (body.has("provider") && !price.provider.empty() && !known) {
    body.fail("provider", kNoSuchPriced);
  }
  readPriceTerms(body, price);
}

Answer listPrices(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string provider = query.text("provider");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.price_overrides.list(provider, page); });
  return pageAnswer(kList, kPrice, found, call.now);
}

Answer createPrice(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::PriceOverride price;
  for (const char* field : {"provider", "model", "pricing"}) requireField(body, field);
  readFields(body, price, services, call);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  return change(services, call, config::Part::Prices, [&](Change& change) -> Answer {
    const auto added = addPrice(change, price);
    if (!added) return added.error();
    return objectAnswer(kCreated, kPrice, *added, call.now);
  });
}

Answer showPrice(Services& services, const Call& call) {
  return showOne(kPrice, services, call, "price_id");
}

Answer updatePrice(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::Prices, [&](Change& change) -> Answer {
    auto price = change.load(kPrice, "price_id");
    if (!price) return std::move(price).error();
    json::ObjectReader body(document->root());
    readFields(body, *price, services, call);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    const auto changed = changePrice(change, *price);
    if (!changed) return changed.error();
    return objectAnswer(kOk, kPrice, *changed, call.now);
  });
}

Answer deletePrice(Services& services, const Call& call) {
  return change(services, call, config::Part::Prices, [&](Change& change) -> Answer {
    auto price = change.load(kPrice, "price_id");
    if (!price) return std::move(price).error();
    dropPrice(change, *price);
    return deletedAnswer(price->id);
  });
}

}  // namespace

Result<model::PriceOverride> addPrice(Change& change, model::PriceOverride price) {
  price.id = change.newId("price_");
  price.source = "manual";
  price.created_at = price.updated_at = change.call.now;
  if (auto added = change.tables.price_overrides.insert(price); !added) return added.error();
  change.created(kPrice, price);
  return price;
}

Result<model::PriceOverride> changePrice(Change& change, model::PriceOverride price) {
  const auto before = change.tables.price_overrides.find(price.id);
  if (before != price) {
    price.source = "manual";
    price.updated_at = change.call.now;
    if (auto stored = change.tables.price_overrides.update(price); !stored) return stored.error();
  }
  change.updated(kPrice, price);
  return price;
}

void dropPrice(Change& change, const model::PriceOverride& price) {
  change.tables.price_overrides.softDelete(price.id, change.call.now);
  change.deleted(kPrice, price);
}

const Kind<model::PriceOverride> kPrice{"price", ofOrganization, writePriceOverride, findPrice};

std::span<const ResourceRoute> priceRoutes() { return kRoutes; }

}  // namespace penstock::manage
