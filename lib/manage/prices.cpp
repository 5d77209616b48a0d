// Prices of the operator's own: they win over the catalogue.
#include "base/text.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/kinds.h"
#include "manage/price_import.h"
#include "manage/price_json.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "pricing/rates_text.h"

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
constexpr int64_t kMaxTokens = 1'000'000'000;

void writePriceOverride(json::Writer& out, const model::PriceOverride& price, UnixMillis) {
  out.beginObject().field("id", price.id).field("provider", price.provider);
  out.field("model", price.model);
  writeTime(out, "starts_at", price.starts_at);
  out.key("pricing");
  writePrice(out, pricing::parseRates(price.rates).value_or(pricing::Price{}));
  out.field("context_window", price.context_window);
  out.field("max_output_tokens", price.max_output_tokens).field("source", price.source);
  writeTime(out, "created_at", price.created_at);
  writeTime(out, "updated_at", price.updated_at);
  out.endObject();
}

std::optional<model::PriceOverride> findPrice(store::Tables& tables, const Call&,
                                              std::string_view named) {
  return tables.price_overrides.find(named);
}

void readProvider(json::ObjectReader& body, model::PriceOverride& price, const Services& services,
                  const Call& call) {
  const auto named = body.string("provider", {.min = 1, .max = 128});
  if (!named) return;
  const bool ours = call.config->findProviderByName(*named) != nullptr;
  if (!ours && services.prices.providerOf(*named, std::nullopt).empty()) {
    body.fail("provider", "must be a provider's name or an id of the catalogue, such as openai");
  }
  price.provider = *named;
}

void readModel(json::ObjectReader& body, model::PriceOverride& price) {
  const auto named = body.string("model", {.min = 1, .max = 256});
  if (!named) return;
  price.model = asciiLower(trim(*named));
  const size_t star = price.model.find('*');
  if (price.model.empty()) body.fail("model", "must not be empty");
  if (star != std::string::npos && star + 1 != price.model.size()) {
    body.fail("model", "may have a * at its end only, for all names that begin so");
  }
}

void readLimit(json::ObjectReader& body, std::string_view key, std::optional<int64_t>& limit) {
  if (body.isNull(key))
    limit.reset();
  else if (const auto tokens = body.integer(key, {.min = 1, .max = kMaxTokens}))
    limit = tokens;
}

void readFields(json::ObjectReader& body, model::PriceOverride& price, const Services& services,
                const Call& call) {
  readProvider(body, price, services, call);
  readModel(body, price);
  if (body.isNull("starts_at")) {
    price.starts_at.reset();
  } else if (const auto text = body.string("starts_at", {.max = 64})) {
    price.starts_at = parseTime(*text);
    if (!price.starts_at) body.fail("starts_at", "must be an ISO 8601 time");
  }
  if (const auto rates = readPricing(body)) price.rates = pricing::formatRates(*rates);
  readLimit(body, "context_window", price.context_window);
  readLimit(body, "max_output_tokens", price.max_output_tokens);
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
    price.id = change.newId("price_");
    price.source = "manual";
    price.created_at = price.updated_at = call.now;
    if (auto added = change.tables.price_overrides.insert(price); !added) return added.error();
    change.created(kPrice, price);
    return objectAnswer(kCreated, kPrice, price, call.now);
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
    const model::PriceOverride before = *price;
    json::ObjectReader body(document->root());
    readFields(body, *price, services, call);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    if (*price != before) {
      price->source = "manual";
      price->updated_at = call.now;
      if (auto stored = change.tables.price_overrides.update(*price); !stored)
        return stored.error();
    }
    change.updated(kPrice, *price);
    return objectAnswer(kOk, kPrice, *price, call.now);
  });
}

Answer deletePrice(Services& services, const Call& call) {
  return change(services, call, config::Part::Prices, [&](Change& change) -> Answer {
    auto price = change.load(kPrice, "price_id");
    if (!price) return std::move(price).error();
    change.tables.price_overrides.softDelete(price->id, call.now);
    change.deleted(kPrice, *price);
    return deletedAnswer(price->id);
  });
}

}  // namespace

const Kind<model::PriceOverride> kPrice{"price", ofOrganization, writePriceOverride, findPrice};

std::span<const ResourceRoute> priceRoutes() { return kRoutes; }

}  // namespace penstock::manage
