#include "store/price_overrides.h"

#include <limits>

#include "store/rows.h"

namespace penstock::store {
namespace {

model::PriceOverride read(const storage::Rows& row) {
  model::PriceOverride price;
  price.id = row.string(0);
  price.provider = row.string(1);
  price.model = row.string(2);
  price.starts_at = row.optionalInteger(3);
  price.rates = row.string(4);
  price.context_window = row.optionalInteger(5);
  price.max_output_tokens = row.optionalInteger(6);
  price.source = row.string(7);
  price.created_at = row.integer(8);
  price.updated_at = row.integer(9);
  return price;
}

ApiError priceExists(const model::PriceOverride& other) {
  return conflict("price_exists",
                  "there is a price of " + other.provider + "/" + other.model +
                      " for that time already: " + other.id,
                  "/model");
}

}  // namespace

Status PriceOverrideTable::insert(const model::PriceOverride& price) {
  if (const auto same = findSame(price)) return priceExists(*same);
  insert_.run(price.id, price.provider, price.model, price.starts_at, price.rates,
              price.context_window, price.max_output_tokens, price.source, price.created_at,
              price.updated_at);
  return Unit{};
}

std::optional<model::PriceOverride> PriceOverrideTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

std::optional<model::PriceOverride> PriceOverrideTable::findSame(
    const model::PriceOverride& price) {
  return readOne(same_.query(price.provider, price.model, price.starts_at), read);
}

Page<model::PriceOverride> PriceOverrideTable::list(std::string_view provider,
                                                    const PageRequest& page) {
  return toPage(readAll(list_.query(provider, page.after, rowsToAsk(page)), read), page);
}

std::vector<model::PriceOverride> PriceOverrideTable::all() {
  return readAll(list_.query("", "", std::numeric_limits<int64_t>::max()), read);
}

Status PriceOverrideTable::update(const model::PriceOverride& price) {
  const auto same = findSame(price);
  if (same && same->id != price.id) return priceExists(*same);
  if (update_.run(price.provider, price.model, price.starts_at, price.rates, price.context_window,
                  price.max_output_tokens, price.source, price.updated_at, price.id) == 0) {
    return notFound("price", price.id);
  }
  return Unit{};
}

bool PriceOverrideTable::softDelete(std::string_view id, UnixMillis now) {
  return delete_.run(now, id) > 0;
}

}  // namespace penstock::store
