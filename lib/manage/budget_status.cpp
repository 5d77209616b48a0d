#include "manage/budget_status.h"

#include <limits>

#include "base/text.h"
#include "manage/answers.h"
#include "manage/budget_fields.h"
#include "manage/kinds.h"
#include "manage/ledger_view.h"
#include "manage/query.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kBuckets = "budget_buckets";
constexpr std::string_view kEvents = "budget_events";

bool hasBucketPerValue(const model::Budget& budget) {
  return budget.scope != model::BudgetScope::Organization && !budget.value;
}

// Whether it is known what the period before had spent.
bool remembersPeriods(const model::Budget& budget) {
  return budget.period != model::BudgetPeriod::Total && budget::isKept(budget);
}

// A bucket, or all of a budget together.
struct StatusReport {
  std::optional<std::string> value;
  std::optional<int64_t> buckets;  // when it is of all
  budget::Period period;
  Use use;
  std::optional<int64_t> previous;
};

// What is left and how much is used is said of a bucket only: the cap is each bucket's own, so of
// all together it would mean nothing.
std::string statusJson(const model::Budget& budget, const StatusReport& status, UnixMillis now) {
  const model::BudgetUnit unit = budget.unit;
  const bool one = !status.buckets;
  const bool ends = budget.period != model::BudgetPeriod::Total;
  std::string json;
  json::Writer out(json);
  const auto amount = [&](std::string_view name, std::optional<int64_t> number) {
    writeAmount(out, unitField(name, unit), unit, number);
  };
  out.beginObject().field("budget_id", budget.id).field("unit", model::unitName(unit));
  out.field("period", model::periodName(budget.period)).field("value", status.value);
  out.field("buckets", status.buckets);
  amount("spend", status.use.spent);
  amount("reserved", status.use.reserved);
  amount("cap", budget.cap);
  amount("remaining", one ? std::optional(leftOf(budget.cap, status.use)) : std::nullopt);
  out.field("used_pct", one ? std::optional(usedPct(budget.cap, status.use.spent)) : std::nullopt);
  amount("forecast", forecastOf(status.use.spent, status.period, now));
  amount("previous_period", status.previous);
  out.field("requests", status.use.requests);
  writeTime(out, "period_start", ends ? std::optional(status.period.start) : std::nullopt);
  writeTime(out, "period_resets_at", ends ? std::optional(status.period.end) : std::nullopt);
  out.endObject();
  return json;
}

StatusReport statusOfBucket(const Services& services, store::Tables& tables,
                            const model::Budget& budget, const std::string& value, UnixMillis now) {
  StatusReport status;
  if (!value.empty()) status.value = value;
  status.period = budget::periodAt(budget, now);
  status.use = useOf(services, tables, budget, value, status.period);
  if (!remembersPeriods(budget)) return status;
  const auto before = budget::periodBefore(budget, status.period);
  const auto row = tables.ledger_buckets.find(budget.id, value, before.start);
  status.previous = row ? row->settled : 0;
  return status;
}

StatusReport statusOfAll(const Services& services, store::Tables& tables,
                         const model::Budget& budget, UnixMillis now) {
  StatusReport status;
  status.period = budget::periodAt(budget, now);
  budget::Ledger::Totals totals;
  if (services.ledger_totals) totals = services.ledger_totals(budget.id);
  if (budget::isKept(budget)) {  // then memory need not hold all of them
    const auto rows = tables.ledger_buckets.totals(budget.id, status.period.start);
    totals = {rows.buckets, rows.settled, totals.reserved, rows.requests};
  }
  status.buckets = totals.buckets;
  status.use = {totals.settled, totals.reserved, totals.requests};
  if (!remembersPeriods(budget)) return status;
  const auto before = budget::periodBefore(budget, status.period);
  status.previous = tables.ledger_buckets.totals(budget.id, before.start).settled;
  return status;
}

// "settled:value"
std::optional<store::BusyPlace> readPlace(std::string_view place) {
  const size_t colon = place.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto settled = parseUnsigned(place.substr(0, colon));
  if (!settled) return std::nullopt;
  return store::BusyPlace{static_cast<int64_t>(*settled), std::string(place.substr(colon + 1))};
}

}  // namespace

Answer showBudgetStatus(Services& services, const Call& call) {
  QueryReader query(call.request);
  const std::string value = query.text("value");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  syncLedger(services);
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto budget = findVisible(kBudget, tables, call, call.request.param("budget_id"));
    if (!budget) return budget.error();
    const bool several = hasBucketPerValue(*budget);
    if (!several && !value.empty()) {
      QueryReader wrong(call.request);
      wrong.fail("value", "the budget has one bucket, not one for each value");
      wrong.text("value");
      return wrong.finish().error();
    }
    const StatusReport status = several && value.empty()
                                    ? statusOfAll(services, tables, *budget, call.now)
                                    : statusOfBucket(services, tables, *budget, value, call.now);
    const std::string json = statusJson(*budget, status, call.now);
    return dataAnswer(kOk, [&](json::Writer& out) { out.raw(json); });
  });
}

Answer listBudgetBuckets(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kBuckets);
  const auto after = readPlace(page.after);
  if (!page.after.empty() && !after) query.fail("cursor", "is not a cursor of this list");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  syncLedger(services);
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto budget = findVisible(kBudget, tables, call, call.request.param("budget_id"));
    if (!budget) return budget.error();
    const auto period = budget::periodAt(*budget, call.now);
    auto found = tables.ledger_buckets.busiest(budget->id, period.start, after, page.limit + 1);
    std::optional<std::string> next;
    if (found.size() > page.limit) {
      found.pop_back();
      next =
          encodeCursor(kBuckets, std::to_string(found.back().settled) + ":" + found.back().value);
    }
    return listAnswer(
        [&](json::Writer& out) {
          for (const store::LedgerBucket& bucket : found) {
            const Use use = useOf(services, bucket);
            out.beginObject();
            writeText(out, "value", bucket.value);
            writeAmount(out, "spend", budget->unit, use.spent);
            writeAmount(out, "reserved", budget->unit, use.reserved);
            writeAmount(out, "remaining", budget->unit, leftOf(budget->cap, use));
            out.field("used_pct", usedPct(budget->cap, use.spent));
            out.field("requests", use.requests);
            writeTime(out, "updated_at", bucket.updated_at);
            out.endObject();
          }
        },
        next);
  });
}

Answer listBudgetEvents(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kEvents);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto budget = findVisible(kBudget, tables, call, call.request.param("budget_id"));
    if (!budget) return budget.error();
    const auto found = tables.budget_events.list(budget->id, page);
    return pageAnswer(kEvents, found, [&](json::Writer& out, const model::BudgetEvent& event) {
      out.beginObject().field("id", event.id).field("budget_id", event.account_id);
      out.field("type", event.type);
      writeText(out, "value", event.value);
      out.field("threshold_pct", event.threshold_pct);
      writeAmount(out, "spend", budget->unit, event.spent);
      writeAmount(out, "cap", budget->unit, event.cap);
      const bool ends = budget->period != model::BudgetPeriod::Total;
      writeTime(out, "period_start", ends ? std::optional(event.period_start) : std::nullopt);
      writeTime(out, "created_at", event.created_at);
      out.endObject();
    });
  });
}

}  // namespace penstock::manage
