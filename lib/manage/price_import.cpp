#include "manage/price_import.h"

#include <algorithm>

#include "manage/answers.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/kinds.h"
#include "pricing/import.h"
#include "pricing/rates_text.h"

namespace penstock::manage {
namespace {

constexpr size_t kMaxList = 15 << 20;
constexpr size_t kMaxSkipped = 1000;  // that the answer tells of one by one

struct Import {
  pricing::ImportedPrices list;
  std::string source;
  bool only_missing = false;
  bool dry_run = false;
};

struct Done {
  int64_t created = 0, updated = 0, unchanged = 0, known = 0;
};

Result<Import> readImport(const Services& services, const http::Request& request) {
  auto document = readBody(request, kMaxList);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  Import import;
  import.only_missing = body.boolean("only_missing").value_or(false);
  import.dry_run = body.boolean("dry_run").value_or(false);
  const auto litellm = body.value("litellm");
  const auto models_dev = body.value("models_dev");
  if (litellm.has_value() == models_dev.has_value()) {
    body.fail("", "needs one of litellm and models_dev");
  } else if (!(litellm ? *litellm : *models_dev).isObject()) {
    body.fail(litellm ? "litellm" : "models_dev", "must be an object");
  }
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  import.source = litellm ? "litellm" : "models.dev";
  import.list = litellm ? pricing::importLiteLlm(*litellm, services.prices)
                        : pricing::importModelsDev(*models_dev, services.prices);
  return import;
}

// Stores one price: over the one of the same provider and model that holds always, if there is any.
Status store(Change& change, model::PriceOverride price, Done& done) {
  const auto same = change.tables.price_overrides.findSame(price);
  price.created_at = price.updated_at = change.call.now;
  if (!same) {
    price.id = change.newId("price_");
    if (auto added = change.tables.price_overrides.insert(price); !added) return added;
    change.created(kPrice, price, "imported");
    ++done.created;
    return Unit{};
  }
  if (same->rates == price.rates && same->context_window == price.context_window &&
      same->max_output_tokens == price.max_output_tokens) {
    ++done.unchanged;
    return Unit{};
  }
  change.remember(kPrice, *same);
  price.id = same->id;
  price.created_at = same->created_at;
  if (auto stored = change.tables.price_overrides.update(price); !stored) return stored;
  change.updated(kPrice, price, "imported");
  ++done.updated;
  return Unit{};
}

void writeReport(json::Writer& out, const Import& import, const Done& done) {
  out.beginObject().field("source", import.source).field("dry_run", import.dry_run);
  out.field("created", done.created).field("updated", done.updated);
  out.field("unchanged", done.unchanged).field("already_priced", done.known);
  out.field("skipped_count", import.list.skipped.size()).key("skipped").beginArray();
  for (size_t i = 0; i < std::min(kMaxSkipped, import.list.skipped.size()); ++i) {
    const auto& entry = import.list.skipped[i];
    out.beginObject().field("entry", entry.name).field("reason", entry.reason).endObject();
  }
  out.endArray().key("left_out").beginArray();
  for (const auto& field : import.list.left_out) {
    out.beginObject().field("field", field.field).field("count", field.count);
    out.field("example", field.example).endObject();
  }
  out.endArray().endObject();
}

}  // namespace

Answer importPrices(Services& services, const Call& call) {
  const auto import = readImport(services, call.request);
  if (!import) return import.error();
  const auto work = [&](Change& change) -> Answer {
    Done done;
    for (const pricing::ImportedPrice& entry : import->list.prices) {
      if (import->only_missing &&
          services.prices.find(entry.provider, entry.model, call.now) != nullptr) {
        ++done.known;
        continue;
      }
      model::PriceOverride price;
      price.provider = entry.provider;
      price.model = entry.model;
      price.rates = pricing::formatRates(entry.price);
      price.context_window = entry.context_window;
      price.max_output_tokens = entry.max_output_tokens;
      price.source = import->source;
      if (auto stored = store(change, std::move(price), done); !stored) return stored.error();
    }
    return dataAnswer(kOk, [&](json::Writer& out) { writeReport(out, *import, done); });
  };
  return import->dry_run ? rehearse(services, call, config::Part::Prices, work)
                         : change(services, call, config::Part::Prices, work);
}

}  // namespace penstock::manage
