#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/price.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table price_override. One instance a connection. Whether the rates
// can be read is for who builds the snapshot to see.
class PriceOverrideTable {
 public:
  explicit PriceOverrideTable(storage::Database& db) : db_(db) {}

  Status insert(const model::PriceOverride& price);               // Conflict: price_exists
  std::optional<model::PriceOverride> find(std::string_view id);  // living
  // The living one of just that provider, model and start.
  std::optional<model::PriceOverride> findSame(const model::PriceOverride& price);
  // Living ones; of one provider where it is named.
  Page<model::PriceOverride> list(std::string_view provider, const PageRequest& page);
  std::vector<model::PriceOverride> all();
  // Writes everything but id and created_at. NotFound, or Conflict: price_exists.
  Status update(const model::PriceOverride& price);
  bool softDelete(std::string_view id, UnixMillis now);

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, provider, model, starts_at, rates, context_window, max_output_tokens, source, "
      "created_at, updated_at FROM price_override WHERE deleted_at IS NULL ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO price_override (id, provider, model, starts_at, rates, context_window, "
      "max_output_tokens, source, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "AND id = ?"};
  storage::Statement same_{
      db_, kSelect, "AND provider = ? AND model = ? AND ifnull(starts_at, -1) = ifnull(?, -1)"};
  storage::Statement list_{db_, kSelect,
                           "AND (?1 = '' OR provider = ?1) AND id > ?2 ORDER BY id LIMIT ?3"};
  storage::Statement update_{
      db_,
      "UPDATE price_override SET provider = ?, model = ?, starts_at = ?, rates = ?, "
      "context_window = ?, max_output_tokens = ?, source = ?, updated_at = ? "
      "WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement delete_{
      db_, "UPDATE price_override SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"};
};

}  // namespace penstock::store
