#include "alert/budget_alerts.h"

#include <set>
#include <string>
#include <tuple>

#include "alert/wording.h"
#include "base/id.h"
#include "webhook/envelope.h"

namespace penstock::alert {
namespace {

using budget::AlertKind;

constexpr int kCap = 100;
constexpr UnixMillis kKeepMails = 30LL * 86'400'000;
constexpr int64_t kPurge = 100;

std::string_view eventName(AlertKind kind) {
  switch (kind) {
    case AlertKind::Threshold: return "threshold_reached";
    case AlertKind::Exceeded:
    case AlertKind::Refused: return "exceeded";
    case AlertKind::Low: return "low";
    case AlertKind::Recovered: break;
  }
  return "recovered";
}

// A bucket of a balance's daily cap belongs to the balance.
std::string accountOf(const budget::Alert& alert) {
  return alert.budget.id.substr(0, alert.budget.id.find(':'));
}

void record(store::Tables& tables, const budget::Alert& alert, UnixMillis now) {
  model::BudgetEvent event;
  event.id = newId("bevt_", now);
  event.account_id = accountOf(alert);
  event.type = eventName(alert.kind);
  event.value = alert.bucket.value;
  event.period_start = alert.bucket.period_start;
  if (alert.pct > 0) event.threshold_pct = alert.pct;
  // What a crash left leased counts as spent.
  event.spent = alert.kind == AlertKind::Recovered ? alert.bucket.leased : alert.bucket.settled;
  event.cap = alert.budget.cap;
  event.created_at = now;
  tables.budget_events.append(event);
}

// Where an alert goes beside the row that there is anyway.
struct Receivers {
  bool subscribers = false;
  std::set<std::string> endpoints;
  std::set<std::string> addresses;
};

Receivers receiversOf(store::Tables& tables, const budget::Alert& alert) {
  // A refusal concerns those who want to know of the cap.
  const int64_t pct = alert.kind == AlertKind::Refused ? kCap : alert.pct;
  Receivers receivers;
  receivers.subscribers = pct == kCap || pct == alert.budget.soft_cap_pct;
  for (const model::BudgetAlert& wish : tables.budget_alerts.ofBudget(alert.budget.id)) {
    if (wish.threshold_pct != pct) continue;
    for (const model::AlertChannel& channel : wish.channels) {
      if (channel.type == "email") receivers.addresses.insert(channel.target);
      if (channel.type != "webhook") continue;
      if (channel.target.empty()) {
        receivers.subscribers = true;
      } else {
        receivers.endpoints.insert(channel.target);
      }
    }
  }
  return receivers;
}

// Whether the event, just emitted to those who subscribe, goes to the endpoint. (Reading the
// endpoint itself would open its secret, which may fail.)
bool goesTo(store::Tables& tables, const std::string& endpoint_id,
            const model::WebhookEvent& event) {
  const auto latest = tables.webhook_outbox.list(
      {.endpoint_id = endpoint_id, .event_type = event.type}, {.limit = 1});
  return !latest.items.empty() && latest.items.front().event_id == event.id;
}

}  // namespace

void BudgetAlerts::tell(store::Tables& tables, const budget::Alert& alert) {
  switch (alert.kind) {
    case AlertKind::Threshold:
    case AlertKind::Exceeded:
    case AlertKind::Refused:
      if (alert.budget.origin == model::BudgetOrigin::Budget) return tellOfBudget(tables, alert);
      break;
    case AlertKind::Low: return tellOfBalance(tables, alert);
    case AlertKind::Recovered: break;
  }
  record(tables, alert, clock_.now());
}

void BudgetAlerts::tellOfBudget(store::Tables& tables, const budget::Alert& alert) {
  const UnixMillis now = clock_.now();
  record(tables, alert, now);
  const std::string type = "budget." + std::string(eventName(alert.kind));
  const std::string data = budgetData(alert);
  const auto event = [&] {
    return webhook::makeEvent({.type = type,
                               .org_id = alert.budget.organization_id,
                               .project_id = alert.budget.project_id.value_or(""),
                               .data = data},
                              now);
  };
  const Receivers receivers = receiversOf(tables, alert);
  const model::WebhookEvent ordinary = event();
  if (receivers.subscribers) tables.webhook_outbox.emit(ordinary);
  for (const std::string& endpoint : receivers.endpoints) {
    if (receivers.subscribers && goesTo(tables, endpoint, ordinary)) continue;
    // One that is gone or switched off is not told.
    std::ignore = tables.webhook_outbox.emitTo(endpoint, event());
  }
  if (receivers.addresses.empty()) return;
  tables.email_outbox.purge(now - kKeepMails, kPurge);
  for (const std::string& address : receivers.addresses) {
    tables.email_outbox.add(address, subjectOf(alert), bodyOf(alert), now);
  }
}

void BudgetAlerts::tellOfBalance(store::Tables& tables, const budget::Alert& alert) {
  const UnixMillis now = clock_.now();
  auto balance = tables.balances.find(accountOf(alert));
  if (!balance || balance->alerted) return;
  // What the ledger knew may be older than a top-up.
  if (balance->credit - Money{alert.bucket.settled} >= balance->low_threshold) return;
  balance->alerted = true;
  std::ignore = tables.balances.update(*balance);
  record(tables, alert, now);
  tables.webhook_outbox.emit(
      webhook::makeEvent({.type = "balance.low",
                          .org_id = balance->organization_id,
                          .project_id = balance->project_id,
                          .data = balanceData(*balance, alert.bucket.settled)},
                         now));
}

void BudgetAlerts::told() {
  if (couriers_.webhooks) couriers_.webhooks();
  if (couriers_.mails) couriers_.mails();
}

}  // namespace penstock::alert
