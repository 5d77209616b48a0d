#include "store/budgets.h"

#include <limits>
#include <stdexcept>

#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

template <typename T>
T known(std::optional<T> value) {
  if (!value) throw std::runtime_error("a stored budget holds an unknown name");
  return *value;
}

model::Budget read(const storage::Rows& row) {
  model::Budget budget;
  budget.id = row.string(0);
  budget.organization_id = row.string(1);
  budget.project_id = row.optionalString(2);
  budget.name = row.string(3);
  budget.scope = known(model::parseBudgetScope(row.text(4)));
  budget.tag_key = row.string(5);
  budget.value = row.optionalString(6);
  budget.unit = known(model::parseBudgetUnit(row.text(7)));
  budget.cap = row.integer(8);
  budget.period = known(model::parseBudgetPeriod(row.text(9)));
  budget.reset_day = static_cast<int>(row.integer(10));
  budget.timezone = row.string(11);
  budget.soft_cap_pct = static_cast<int>(row.integer(12));
  budget.action = known(model::parseBudgetAction(row.text(13)));
  budget.downgrade_to = row.string(14);
  budget.enabled = row.flag(15);
  budget.created_at = row.integer(16);
  budget.updated_at = row.integer(17);
  return budget;
}

ApiError nameTaken(const model::Budget& budget) {
  return conflict("budget_exists", "another budget has the name " + budget.name, "/name");
}

}  // namespace

Status BudgetTable::insert(const model::Budget& budget) {
  if (findByName(budget.project_id, budget.name)) return nameTaken(budget);
  insert_.run(budget.id, budget.organization_id, budget.project_id, budget.name,
              model::scopeName(budget.scope), budget.tag_key, budget.value,
              model::unitName(budget.unit), budget.cap, model::periodName(budget.period),
              budget.reset_day, budget.timezone, budget.soft_cap_pct,
              model::actionName(budget.action), budget.downgrade_to, budget.enabled,
              budget.created_at, budget.updated_at);
  return Unit{};
}

std::optional<model::Budget> BudgetTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

std::optional<model::Budget> BudgetTable::findByName(const std::optional<std::string>& project_id,
                                                     std::string_view name) {
  return readOne(by_name_.query(project_id.value_or(""), name), read);
}

Page<model::Budget> BudgetTable::list(std::span<const std::string> project_ids,
                                      const PageRequest& page) {
  return toPage(readAll(list_.query(page.after, textsToJson(project_ids), rowsToAsk(page)), read),
                page);
}

std::vector<model::Budget> BudgetTable::all() {
  return readAll(list_.query("", "[]", std::numeric_limits<int64_t>::max()), read);
}

Status BudgetTable::update(const model::Budget& budget) {
  const auto holder = findByName(budget.project_id, budget.name);
  if (holder && holder->id != budget.id) return nameTaken(budget);
  const int64_t rows = update_.run(
      budget.project_id, budget.name, model::scopeName(budget.scope), budget.tag_key, budget.value,
      model::unitName(budget.unit), budget.cap, model::periodName(budget.period), budget.reset_day,
      budget.timezone, budget.soft_cap_pct, model::actionName(budget.action), budget.downgrade_to,
      budget.enabled, budget.updated_at, budget.id);
  if (rows == 0) return notFound("budget", budget.id);
  return Unit{};
}

}  // namespace penstock::store
