#include "alert/wording.h"

#include <limits>
#include <string_view>

#include "base/clock.h"
#include "base/money.h"
#include "json/writer.h"

namespace penstock::alert {
namespace {

using model::BudgetUnit;

// "$80.50", "1200 tokens".
std::string amountText(BudgetUnit unit, int64_t amount) {
  if (unit == BudgetUnit::Usd) return "$" + Money{amount}.usd(2);
  return std::to_string(amount) + " " + std::string(model::unitName(unit));
}

std::string usageText(const budget::Alert& alert) {
  const BudgetUnit unit = alert.budget.unit;
  return amountText(unit, alert.bucket.settled) + " of " + amountText(unit, alert.budget.cap);
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
  out.field("threshold_pct", alert.pct);
  writeUsd(out, "spend_usd", budget.unit, bucket.settled);
  writeUsd(out, "cap_usd", budget.unit, budget.cap);
  writeAmount(out, "spend", budget.unit, bucket.settled);
  writeAmount(out, "cap", budget.unit, budget.cap);
  out.field("usage", usageText(alert));
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
  if (alert.kind == budget::AlertKind::Exceeded) {
    return budget + " has reached its " + std::string(model::periodName(alert.budget.period)) +
           " cap";
  }
  return budget + " has passed " + std::to_string(alert.pct) + " % of its " +
         std::string(model::periodName(alert.budget.period)) + " cap";
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
