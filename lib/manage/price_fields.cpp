#include "manage/price_fields.h"

#include <optional>
#include <string>

#include "base/text.h"
#include "manage/answers.h"
#include "manage/price_json.h"
#include "manage/query.h"
#include "pricing/rates_text.h"

namespace penstock::manage {
namespace {

constexpr int64_t kMaxTokens = 1'000'000'000;

void readModel(json::ObjectReader& item, model::PriceOverride& price) {
  const auto named = item.string("model", {.min = 1, .max = 256});
  if (!named) return;
  price.model = asciiLower(trim(*named));
  const size_t star = price.model.find('*');
  if (price.model.empty()) item.fail("model", "must not be empty");
  if (star != std::string::npos && star + 1 != price.model.size()) {
    item.fail("model", "may have a * at its end only, for all names that begin so");
  }
}

void readLimit(json::ObjectReader& item, std::string_view key, std::optional<int64_t>& limit) {
  if (item.isNull(key))
    limit.reset();
  else if (const auto tokens = item.integer(key, {.min = 1, .max = kMaxTokens}))
    limit = tokens;
}

}  // namespace

void readPriceSubject(json::ObjectReader& item, model::PriceOverride& price) {
  if (auto named = item.string("provider", {.min = 1, .max = 128})) {
    price.provider = *std::move(named);
  }
  readModel(item, price);
  if (item.isNull("starts_at")) {
    price.starts_at.reset();
  } else if (const auto text = item.string("starts_at", {.max = 64})) {
    price.starts_at = parseTime(*text);
    if (!price.starts_at) item.fail("starts_at", "must be an ISO 8601 time");
  }
}

void readPriceTerms(json::ObjectReader& item, model::PriceOverride& price) {
  if (const auto rates = readPricing(item)) price.rates = pricing::formatRates(*rates);
  readLimit(item, "context_window", price.context_window);
  readLimit(item, "max_output_tokens", price.max_output_tokens);
}

void writePriceFields(json::Writer& out, const model::PriceOverride& price) {
  out.field("provider", price.provider).field("model", price.model);
  writeTime(out, "starts_at", price.starts_at);
  out.key("pricing");
  writePrice(out, pricing::parseRates(price.rates).value_or(pricing::Price{}));
  out.field("context_window", price.context_window);
  out.field("max_output_tokens", price.max_output_tokens);
}

bool inCatalogue(const pricing::PriceCatalogue& prices, std::string_view provider) {
  return !prices.providerOf(provider, std::nullopt).empty();
}

}  // namespace penstock::manage
