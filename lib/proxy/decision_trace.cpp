#include "proxy/decision_trace.h"

#include "routing/decide.h"
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

// What became of each candidate that was decided on.
void noteCandidates(std::span<const std::unique_ptr<Chain>> chains, const Attempt* served,
                    const routing::Decision& decision, model::DecisionTrace& trace) {
  const auto note = [&](const Attempt& attempt) {
    const auto* first = decision.line.candidates.data();
    const auto place = static_cast<size_t>(&attempt.candidate() - first);
    // Attempts of an earlier decision are of other candidates.
    if (&attempt.candidate() < first || place >= decision.line.candidates.size()) return;
    auto& candidate = trace.candidates[place];
    candidate.status = &attempt == served ? "selected" : "failed";
    if (candidate.status == "failed") candidate.reason = attempt.record().status;
  };
  if (!chains.empty() && !decision.line.candidates.empty()) trace.candidates[0].status = "skipped";
  for (const auto& chain : chains) {
    for (const auto& attempt : chain->attempts()) note(*attempt);
  }
}

void noteAttempts(std::span<const std::unique_ptr<Chain>> chains, const Attempt* served,
                  model::DecisionTrace& trace) {
  trace.decision = "failed";
  std::string story;
  for (const auto& chain : chains) {
    for (const auto& attempt : chain->attempts()) {
      if (!attempt->called()) continue;
      trace.attempts.push_back(attempt->record());
      const std::string name = "attempt_" + std::to_string(trace.attempts.size());
      if (attempt.get() == served) trace.decision = name;
      if (trace.attempts.back().status.empty()) trace.attempts.back().status = "streaming";
      if (attempt.get() == served) continue;
      story += story.empty() ? "" : "; ";
      story += name + " " + attempt->record().status;
    }
  }
  if (!story.empty()) trace.reason = std::move(story);
}

const Attempt* servedBy(std::span<const std::unique_ptr<Chain>> chains) {
  if (chains.empty()) return nullptr;
  const Chain& last = *chains.back();
  return last.served() ? last.winner() : nullptr;
}

}  // namespace

std::string renderDecisionTrace(const model::RequestLog& row, const routing::Decision& decision,
                                std::span<const std::unique_ptr<Chain>> chains,
                                const Spending& spending, int64_t latency_us) {
  model::DecisionTrace trace = routing::describe(decision);
  trace.request_id = row.request_id;
  if (!chains.empty()) {
    const Attempt* const served = servedBy(chains);
    noteCandidates(chains, served, decision, trace);
    noteAttempts(chains, served, trace);
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
