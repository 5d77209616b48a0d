#include "alert/wording.h"

#include <limits>
#include <string_view>

#include "base/clock.h"
#include "base/money.h"
#include "json/writer.h"

namespace penstock::alert {
namespace {

using model::BudgetUnit;

std::string_view countedName(BudgetUnit unit, int64_t count) {
  const bool one = count == 1;
  switch (unit) {
    case BudgetUnit::Tokens: return one ? "token" : "tokens";
    case BudgetUnit::Requests: return one ? "request" : "requests";
    case BudgetUnit::Concurrency: return one ? "request at once" : "requests at once";
    case BudgetUnit::Usd: break;
  }
  return "dollars";
}

// "$80.50 of $100.00", "1 of 1200 tokens".
std::string usageText(const budget::Alert& alert) {
  const BudgetUnit unit = alert.budget.unit;
  const int64_t used = alert.bucket.settled;
  const int64_t cap = alert.budget.cap;
  if (unit == BudgetUnit::Usd) return Money{used}.shown() + " of " + Money{cap}.shown();
  return std::to_string(used) + " of " + std::to_string(cap) + " " +
         std::string(countedName(unit, cap));
}

void writeAmount(json::Writer& out, std::string_view name, BudgetUnit unit, int64_t amount) {
  if (unit == BudgetUnit::Usd) {
    out.field(name, Money{amount});
  } else {
    out.field(name, amount);
  }
}

void writeUsd(json::Writer& out, std::string_view name, BudgetUnit unit, int64_t amount) {
  out.field(name, unit == BudgetUnit::Usd ? std::optional(Money{amount}) : std::nullopt);
}

bool ends(const budget::Alert& alert) {
  return alert.bucket.period_end != std::numeric_limits<UnixMillis>::max();
}

void writeTime(json::Writer& out, std::string_view name, bool there, UnixMillis time) {
  out.field(name, there ? std::optional(iso8601(time)) : std::nullopt);
}

}  // namespace

std::string budgetData(const budget::Alert& alert) {
  const model::Budget& budget = alert.budget;
  const store::LedgerBucket& bucket = alert.bucket;
  std::string data;
  json::Writer out(data);
  out.beginObject().field("budget_id", budget.id).field("budget_name", budget.name);
  out.key("budget").beginObject().field("id", budget.id).field("name", budget.name);
  out.field("scope", model::scopeName(budget.scope));
  out.field("period", model::periodName(budget.period));
  out.field("unit", model::unitName(budget.unit));
  out.field("action", model::actionName(budget.action)).endObject();
  out.field("period", model::periodName(budget.period));
  out.field("action", model::actionName(budget.action));
  out.field("value", bucket.value.empty() ? std::nullopt : std::optional(bucket.value));
  out.field("threshold_pct", alert.pct > 0 ? std::optional(alert.pct) : std::nullopt);
  writeUsd(out, "spend_usd", budget.unit, bucket.settled);
  writeUsd(out, "cap_usd", budget.unit, budget.cap);
  writeAmount(out, "spend", budget.unit, bucket.settled);
  writeAmount(out, "cap", budget.unit, budget.cap);
  out.field("usage", usageText(alert)).field("summary", subjectOf(alert));
  writeTime(out, "period_start", ends(alert), bucket.period_start);
  writeTime(out, "period_resets_at", ends(alert), bucket.period_end);
  out.endObject();
  return data;
}

std::string balanceData(const model::Balance& balance, int64_t spent) {
  std::string data;
  json::Writer(data)
      .beginObject()
      .field("balance_id", balance.id)
      .field("project_id", balance.project_id)
      .field("api_key_id", balance.api_key_id)
      .field("remaining_usd", balance.credit - Money{spent})
      .field("low_threshold_usd", balance.low_threshold)
      .field("credit_usd", balance.credit)
      .field("spent_usd", Money{spent})
      .endObject();
  return data;
}

std::string subjectOf(const budget::Alert& alert) {
  const std::string budget = "Budget " + alert.budget.name;
  const std::string cap = "its " + std::string(model::periodName(alert.budget.period)) + " cap";
  if (alert.kind == budget::AlertKind::Exceeded) return budget + " has reached " + cap;
  if (alert.kind == budget::AlertKind::Refused) {
    return budget + " had too little left of " + cap + " for a request";
  }
  return budget + " has passed " + std::to_string(alert.pct) + " % of " + cap;
}

std::string bodyOf(const budget::Alert& alert) {
  const model::Budget& budget = alert.budget;
  std::string text = subjectOf(alert) + ".\n\n";
  text += "Used: " + usageText(alert) + "\n";
  if (!alert.bucket.value.empty()) {
    text += "Of: " + std::string(model::scopeName(budget.scope)) + " " + alert.bucket.value + "\n";
  }
  if (ends(alert)) {
    text += "Period: since " + iso8601(alert.bucket.period_start) + ", until " +
            iso8601(alert.bucket.period_end) + "\n";
  }
  switch (budget.action) {
    case model::BudgetAction::Block: text += "At the cap, requests are refused.\n"; break;
    case model::BudgetAction::Downgrade:
      text += "At the cap, requests go to " + budget.downgrade_to + ".\n";
      break;
    case model::BudgetAction::WarnOnly: text += "At the cap, requests go on.\n"; break;
  }
  text += "Budget id: " + budget.id + "\n";
  return text;
}

}  // namespace penstock::alert
