#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/budget.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the tables balance and balance_entry. One instance a connection. What
// was spent is in LedgerBucketTable.
class BalanceTable {
 public:
  explicit BalanceTable(storage::Database& db) : db_(db) {}

  Status insert(const model::Balance& balance);             // Conflict: balance_exists
  std::optional<model::Balance> find(std::string_view id);  // living
  // Of these projects only, when there are any ids.
  Page<model::Balance> list(std::span<const std::string> project_ids, const PageRequest& page);
  std::vector<model::Balance> all();  // living
  // Writes low_threshold, daily_cap, timezone and alerted. NotFound.
  Status update(const model::Balance& balance);
  bool softDelete(std::string_view id, UnixMillis now) { return delete_.run(now, id) > 0; }

  // Adds the entry and its amount to the balance's credit, which it returns. Conflict:
  // credit_out_of_range, when the credit would be less than nothing or beyond what int64 holds.
  Result<Money> add(const model::BalanceEntry& entry);
  Page<model::BalanceEntry> entries(std::string_view balance_id, const PageRequest& page);

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, organization_id, project_id, api_key_id, credit, low_threshold, daily_cap, "
      "timezone, alerted, created_at, updated_at FROM balance WHERE deleted_at IS NULL ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO balance (id, organization_id, project_id, api_key_id, credit, low_threshold, "
      "daily_cap, timezone, alerted, created_at, updated_at) "
      "VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "AND id = ?"};
  storage::Statement of_holder_{db_, kSelect, "AND project_id = ? AND ifnull(api_key_id, '') = ?"};
  storage::Statement list_{db_, kSelect,
                           "AND id > ?1 AND (?2 = '[]' OR project_id IN "
                           "(SELECT value FROM json_each(?2))) ORDER BY id LIMIT ?3"};
  storage::Statement update_{
      db_,
      "UPDATE balance SET low_threshold = ?, daily_cap = ?, timezone = ?, alerted = ?, "
      "updated_at = ? WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement delete_{
      db_, "UPDATE balance SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement credit_{db_, "UPDATE balance SET credit = ? WHERE id = ?"};
  storage::Statement add_{
      db_,
      "INSERT INTO balance_entry (id, balance_id, type, amount, note, actor_id, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement entries_{
      db_,
      "SELECT id, balance_id, type, amount, note, actor_id, created_at FROM balance_entry "
      "WHERE balance_id = ? AND id > ? ORDER BY id LIMIT ?"};
};

}  // namespace penstock::store
