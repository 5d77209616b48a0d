#pragma once

#include <string_view>

#include "model/budget.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table budget_event: what happened to budgets and balances. One
// instance a connection.
class BudgetEventTable {
 public:
  explicit BudgetEventTable(storage::Database& db) : db_(db) {}

  void append(const model::BudgetEvent& event);
  // Newest first; the page's `after` is the id of the last one given.
  Page<model::BudgetEvent> list(std::string_view account_id, const PageRequest& page);

 private:
  storage::Database& db_;
  storage::Statement append_{
      db_,
      "INSERT INTO budget_event (id, account_id, type, value, period_start, threshold_pct, spent, "
      "cap, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement list_{
      db_,
      "SELECT id, account_id, type, value, period_start, threshold_pct, spent, cap, created_at "
      "FROM budget_event WHERE account_id = ?1 AND (?2 = '' OR id < ?2) ORDER BY id DESC LIMIT ?3"};
};

}  // namespace penstock::store
