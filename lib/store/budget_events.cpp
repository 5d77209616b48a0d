#include "store/budget_events.h"

#include "store/rows.h"

namespace penstock::store {
namespace {

model::BudgetEvent read(const storage::Rows& row) {
  return {row.string(0),          row.string(1),  row.string(2),  row.string(3), row.integer(4),
          row.optionalInteger(5), row.integer(6), row.integer(7), row.integer(8)};
}

}  // namespace

void BudgetEventTable::append(const model::BudgetEvent& event) {
  append_.run(event.id, event.account_id, event.type, event.value, event.period_start,
              event.threshold_pct, event.spent, event.cap, event.created_at);
}

Page<model::BudgetEvent> BudgetEventTable::list(std::string_view account_id,
                                                const PageRequest& page) {
  return toPage(readAll(list_.query(account_id, page.after, rowsToAsk(page)), read), page);
}

}  // namespace penstock::store
