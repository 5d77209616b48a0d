#include "store/balances.h"

#include <limits>

#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

std::optional<int64_t> nanosOf(const std::optional<Money>& amount) {
  if (!amount) return std::nullopt;
  return amount->nanos;
}

model::Balance read(const storage::Rows& row) {
  model::Balance balance;
  balance.id = row.string(0);
  balance.organization_id = row.string(1);
  balance.project_id = row.string(2);
  balance.api_key_id = row.optionalString(3);
  balance.credit = {row.integer(4)};
  balance.low_threshold = {row.integer(5)};
  if (const auto daily = row.optionalInteger(6)) balance.daily_cap = Money{*daily};
  balance.timezone = row.string(7);
  balance.alerted = row.flag(8);
  balance.created_at = row.integer(9);
  balance.updated_at = row.integer(10);
  return balance;
}

model::BalanceEntry readEntry(const storage::Rows& row) {
  return {row.string(0), row.string(1), row.string(2), {row.integer(3)},
          row.string(4), row.string(5), row.integer(6)};
}

}  // namespace

Status BalanceTable::insert(const model::Balance& balance) {
  if (readOne(of_holder_.query(balance.project_id, balance.api_key_id.value_or("")), read)) {
    return conflict("balance_exists", balance.api_key_id ? "the key has a balance already"
                                                         : "the project has a balance already");
  }
  insert_.run(balance.id, balance.organization_id, balance.project_id, balance.api_key_id,
              balance.low_threshold.nanos, nanosOf(balance.daily_cap), balance.timezone,
              balance.alerted, balance.created_at, balance.updated_at);
  return Unit{};
}

std::optional<model::Balance> BalanceTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

Page<model::Balance> BalanceTable::list(std::span<const std::string> project_ids,
                                        const PageRequest& page) {
  return toPage(readAll(list_.query(page.after, textsToJson(project_ids), rowsToAsk(page)), read),
                page);
}

std::vector<model::Balance> BalanceTable::all() {
  return readAll(list_.query("", "[]", std::numeric_limits<int64_t>::max()), read);
}

Status BalanceTable::update(const model::Balance& balance) {
  const int64_t rows =
      update_.run(balance.low_threshold.nanos, nanosOf(balance.daily_cap), balance.timezone,
                  balance.alerted, balance.updated_at, balance.id);
  if (rows == 0) return notFound("balance", balance.id);
  return Unit{};
}

Result<Money> BalanceTable::add(const model::BalanceEntry& entry) {
  const auto balance = find(entry.balance_id);
  if (!balance) return notFound("balance", entry.balance_id);
  Money credit;
  if (__builtin_add_overflow(balance->credit.nanos, entry.amount.nanos, &credit.nanos) ||
      credit.nanos < 0) {
    return conflict(
        "credit_out_of_range",
        "the balance's credit would be " +
            std::string(entry.amount.nanos < 0 ? "less than nothing" : "more than can be counted"));
  }
  add_.run(entry.id, entry.balance_id, entry.type, entry.amount.nanos, entry.note, entry.actor_id,
           entry.created_at);
  credit_.run(credit.nanos, entry.balance_id);
  return credit;
}

Page<model::BalanceEntry> BalanceTable::entries(std::string_view balance_id,
                                                const PageRequest& page) {
  return toPage(readAll(entries_.query(balance_id, page.after, rowsToAsk(page)), readEntry), page);
}

}  // namespace penstock::store
