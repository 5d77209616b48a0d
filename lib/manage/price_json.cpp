#include "manage/price_json.h"

#include "pricing/buckets.h"

namespace penstock::manage {
namespace {

using pricing::Bucket;
using pricing::kBuckets;

constexpr double kAMillionTokens = 1e6;
constexpr double kAPiece = 1e12;
constexpr size_t kMaxTiers = 8;

bool isToken(const Bucket& bucket) { return bucket.measure == pricing::Measure::Token; }

void writeRates(json::Writer& out, const pricing::Rates& rates) {
  for (const Bucket& bucket : kBuckets) {
    const int64_t rate = rates.*bucket.rate;
    out.rawField(bucket.name,
                 isToken(bucket) ? pricing::usdPerMillionTokens(rate) : pricing::usdEach(rate));
  }
}

std::optional<int64_t> readRate(json::ObjectReader& rates, std::string_view name, double scale) {
  const auto dollars = rates.number(name);
  if (!dollars) return std::nullopt;
  const auto picos = pricing::picodollarsOf(*dollars, scale);
  if (!picos) rates.fail(name, "must be dollars: not negative, and whole picodollars a unit");
  return picos;
}

// Lays what is named over `named`; true when there was anything.
bool readRates(json::ObjectReader& rates, pricing::NamedRates& named) {
  bool any = false;
  for (size_t i = 0; i < kBuckets.size(); ++i) {
    const auto picos =
        readRate(rates, kBuckets[i].name, isToken(kBuckets[i]) ? kAMillionTokens : kAPiece);
    if (!picos) continue;
    named.values[i] = *picos;
    any = true;
  }
  return any;
}

void readTiers(json::ObjectReader& body, pricing::NamedRates named, pricing::Price& price) {
  body.objects(
      "tiers",
      [&](json::ObjectReader& tier) {
        const int64_t above = tier.requireInteger("above_input_tokens", {.min = 1});
        if (!price.tiers.empty() && above <= price.tiers.back().above) {
          tier.fail("above_input_tokens", "must be more than the tier's before");
        }
        if (!readRates(tier, named) && tier.ok()) tier.fail("", "names no rate");
        price.tiers.push_back({above, named.resolve()});
      },
      kMaxTiers);
}

}  // namespace

void writePrice(json::Writer& out, const pricing::Price& price) {
  out.beginObject().field("currency", "USD").field("unit", "per_million_tokens");
  writeRates(out, price.base);
  out.rawField("request", pricing::usdEach(price.request)).key("tiers").beginArray();
  for (const auto& tier : price.tiers) {
    out.beginObject().field("above_input_tokens", tier.above);
    writeRates(out, tier.rates);
    out.endObject();
  }
  out.endArray().endObject();
}

std::optional<pricing::Price> readPricing(json::ObjectReader& body) {
  pricing::Price price;
  bool good = false;
  body.object("pricing", [&](json::ObjectReader& fields) {
    fields.choice("currency", {"USD"});
    fields.choice("unit", {"per_million_tokens"});
    pricing::NamedRates named;
    const bool any = readRates(fields, named);
    const auto request = readRate(fields, "request", kAPiece);
    price.request = request.value_or(0);
    price.base = named.resolve();
    if (!any && !request && fields.ok()) fields.fail("", "names no rate");
    readTiers(fields, named, price);
    good = fields.ok();
  });
  return good ? std::optional(price) : std::nullopt;
}

}  // namespace penstock::manage
