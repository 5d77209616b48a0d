#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/budget.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table budget_alert. One instance a connection.
class BudgetAlertTable {
 public:
  explicit BudgetAlertTable(storage::Database& db) : db_(db) {}

  void insert(const model::BudgetAlert& alert);
  std::optional<model::BudgetAlert> find(std::string_view id);
  Page<model::BudgetAlert> list(std::string_view budget_id, const PageRequest& page);
  std::vector<model::BudgetAlert> ofBudget(std::string_view budget_id);  // oldest first
  std::vector<model::BudgetAlert> all();
  // False when there is no such alert.
  bool remove(std::string_view id) { return remove_.run(id) > 0; }
  void removeOf(std::string_view budget_id) { remove_of_.run(budget_id); }

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, budget_id, threshold_pct, channels, created_at FROM budget_alert ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO budget_alert (id, budget_id, threshold_pct, channels, created_at) "
      "VALUES (?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement list_{db_, kSelect, "WHERE budget_id = ? AND id > ? ORDER BY id LIMIT ?"};
  storage::Statement all_{db_, kSelect, "ORDER BY id"};
  storage::Statement remove_{db_, "DELETE FROM budget_alert WHERE id = ?"};
  storage::Statement remove_of_{db_, "DELETE FROM budget_alert WHERE budget_id = ?"};
};

}  // namespace penstock::store
