#include "webhook/event_types.h"

namespace penstock::webhook {
namespace {

constexpr EventType kTypes[] = {
    {"budget.threshold_reached", "Spend in a budget has passed one of its alert thresholds.",
     R"({"budget_id":"bud_01","budget_name":"Team","budget":{"id":"bud_01","name":"Team","scope":"project","period":"monthly","unit":"usd","action":"block"},"period":"monthly","action":"block","value":null,"threshold_pct":80,"spend_usd":80.5,"cap_usd":100,"spend":80.5,"cap":100,"usage":"$80.50 of $100.00","summary":"Budget Team has passed 80 % of its monthly cap","period_start":"2026-05-01T00:00:00Z","period_resets_at":"2026-06-01T00:00:00Z"})",
     "Budget *{budget_name}* has passed {threshold_pct} % of its {period} cap: {usage}."},
    {"budget.exceeded",
     "Spend in a budget has reached its cap, or, past its soft cap, a request was refused for what "
     "was left (threshold_pct is null then).",
     R"({"budget_id":"bud_01","budget_name":"Team","budget":{"id":"bud_01","name":"Team","scope":"project","period":"monthly","unit":"usd","action":"block"},"period":"monthly","action":"block","value":null,"threshold_pct":100,"spend_usd":100,"cap_usd":100,"spend":100,"cap":100,"usage":"$100.00 of $100.00","summary":"Budget Team has reached its monthly cap","period_start":"2026-05-01T00:00:00Z","period_resets_at":"2026-06-01T00:00:00Z"})",
     "{summary}: {usage} (action: {action})."},
    {"budget.created", "A budget was made.",
     R"({"budget_id":"bud_01","name":"Team","scope":"project","period":"monthly","cap_usd":100})",
     "Budget *{name}* was created ({period}, by {scope})."},
    {"budget.updated", "A budget was changed.",
     R"({"budget_id":"bud_01","name":"Team","scope":"project","period":"monthly","cap_usd":150})",
     "Budget *{name}* was changed ({period}, by {scope})."},
    {"budget.deleted", "A budget was deleted.",
     R"({"budget_id":"bud_01","name":"Team","scope":"project","period":"monthly","cap_usd":150})",
     "Budget *{name}* was deleted."},
    {"balance.low", "A prepaid balance has less left than its threshold.",
     R"({"balance_id":"bal_01","project_id":"proj_01","api_key_id":null,"remaining_usd":9.5,"low_threshold_usd":10,"credit_usd":100,"spent_usd":90.5})",
     "The prepaid balance of {project_id} is low: ${remaining_usd} left, the threshold is "
     "${low_threshold_usd}."},
    {"routing_config.updated", "A routing config has a new version.",
     R"({"routing_config_id":"rc_01","slug":"production","name":"Production","policy":"fallback","version":4})",
     "Routing config *@{slug}* is now at version {version} (policy: {policy})."},
    {"routing_config.created", "A routing config was made.",
     R"({"routing_config_id":"rc_01","slug":"production","name":"Production","policy":"single","version":1})",
     "Routing config *@{slug}* was created (policy: {policy})."},
    {"routing_config.deleted", "A routing config was deleted.",
     R"({"routing_config_id":"rc_01","slug":"production","name":"Production"})",
     "Routing config *@{slug}* was deleted."},
    {"provider.health_changed", "A provider has become healthy, degraded or unhealthy.",
     R"({"provider_id":"prov_01","vendor":"openai","name":"main","from":"healthy","to":"unhealthy","success_rate":0.25,"p50_ms":420,"last_error":"timeout"})",
     "Provider *{name}* ({vendor}) is {to}; it was {from}."},
    {"api_key.revoked", "A project's API key was revoked.",
     R"({"api_key_id":"key_01","name":"backend","prefix":"mlx_sk_AbCd","last_four":"wxyz"})",
     "API key *{name}* ({prefix}…{last_four}) was revoked."},
    {"request.anomaly_detected", "Requests behave unlike those before them.",
     R"({"kind":"error_rate","metric":"error_rate_pct","observed":12.5,"expected":0.4,"window_seconds":300})",
     "Anomaly in requests: {metric} is {observed}, expected about {expected}, over "
     "{window_seconds} s."},
    {"experiment.completed", "An experiment has its result.",
     R"({"experiment_id":"exp_01","name":"Cheaper","status":"completed","verdict":"pass"})",
     "Experiment *{name}* has completed (verdict: {verdict})."},
    {"experiment.regression_detected", "An experiment has breached one of its thresholds.",
     R"({"experiment_id":"exp_01","name":"Cheaper","signal_key":"error_rate_delta_pct","value":3.2,"threshold":1})",
     "Experiment *{name}* shows a regression: {signal_key} is {value}, the threshold is "
     "{threshold}."},
};

}  // namespace

std::span<const EventType> eventTypes() { return kTypes; }

const EventType* findEventType(std::string_view type) {
  for (const EventType& known : kTypes) {
    if (known.type == type) return &known;
  }
  return nullptr;
}

}  // namespace penstock::webhook
