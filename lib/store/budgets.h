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

// The only code that knows the table budget. One instance a connection. What a budget has counted
// is in LedgerBucketTable.
class BudgetTable {
 public:
  explicit BudgetTable(storage::Database& db) : db_(db) {}

  Status insert(const model::Budget& budget);              // Conflict: budget_exists
  std::optional<model::Budget> find(std::string_view id);  // living
  // Among the budgets of that project, or, with none, of all projects.
  std::optional<model::Budget> findByName(const std::optional<std::string>& project_id,
                                          std::string_view name);
  // Living; of these projects only, when there are any ids: then without those of all projects.
  Page<model::Budget> list(std::span<const std::string> project_ids, const PageRequest& page);
  std::vector<model::Budget> all();  // living
  // Writes everything but id, organization_id and created_at. NotFound, or Conflict: budget_exists.
  Status update(const model::Budget& budget);
  // False when there is no such living budget.
  bool softDelete(std::string_view id, UnixMillis now) { return delete_.run(now, id) > 0; }

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, organization_id, project_id, name, scope, tag_key, value, unit, cap, period, "
      "reset_day, timezone, soft_cap_pct, action, downgrade_to, enabled, created_at, updated_at "
      "FROM budget WHERE deleted_at IS NULL ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO budget (id, organization_id, project_id, name, scope, tag_key, value, unit, "
      "cap, "
      "period, reset_day, timezone, soft_cap_pct, action, downgrade_to, enabled, created_at, "
      "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "AND id = ?"};
  storage::Statement by_name_{db_, kSelect, "AND ifnull(project_id, '') = ? AND name = ?"};
  storage::Statement list_{db_, kSelect,
                           "AND id > ?1 AND (?2 = '[]' OR project_id IN "
                           "(SELECT value FROM json_each(?2))) ORDER BY id LIMIT ?3"};
  storage::Statement update_{
      db_,
      "UPDATE budget SET project_id = ?, name = ?, scope = ?, tag_key = ?, value = ?, unit = ?, "
      "cap = ?, period = ?, reset_day = ?, timezone = ?, soft_cap_pct = ?, action = ?, "
      "downgrade_to = ?, enabled = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement delete_{
      db_, "UPDATE budget SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"};
};

}  // namespace penstock::store
