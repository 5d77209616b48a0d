#include "proxy/decision_trace.h"

#include "trace/decision_json.h"

namespace penstock::proxy {

namespace {

// What the budget did to the request; of a dry run, what it would have done.
std::string outcomeOf(const budget::Standing& standing, const Spending& spending) {
  const model::BudgetAction action = standing.budget->action;
  const budget::Standing* enforced = spending.enforced();
  const bool does_not_fit =
      spending.rehearsed() && spending.asked().of(standing.budget->unit) > standing.left();
  const bool is_enforced = enforced != nullptr && enforced->budget == standing.budget;
  if (action == model::BudgetAction::WarnOnly) return "counted";
  if (!is_enforced && !does_not_fit) return "ok";
  return action == model::BudgetAction::Block ? "blocked" : "downgraded";
}

}  // namespace

std::string renderDecisionTrace(const model::RequestLog& row, const routing::Decision& decision,
                                const Spending& spending, int64_t latency_us) {
  model::DecisionTrace trace = routing::describe(decision);
  trace.request_id = row.request_id;
  if (row.attempts > 0) {
    trace.attempts.push_back({.model = row.model,
                              .provider = row.provider,
                              .provider_id = row.provider_id,
                              .status = "ok",
                              .latency_us = row.upstream_head_us,
                              .cost = row.cost_total});
    trace.decision = "attempt_1";
  }
  for (const budget::Standing& standing : spending.standings()) {
    const model::Budget& budget = *standing.budget;
    trace.budgets.push_back({budget.name, std::string(model::unitName(budget.unit)),
                             std::string(model::actionName(budget.action)), standing.usedShare(),
                             outcomeOf(standing, spending)});
  }
  trace.total_latency_us = latency_us;
  return trace::renderDecision(trace);
}

}  // namespace penstock::proxy
