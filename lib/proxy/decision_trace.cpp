#include "proxy/decision_trace.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "routing/decide.h"

namespace penstock::proxy {

namespace {

// What the budget did to the request; of a dry run, what it would have done.
model::BudgetOutcome outcomeOf(const budget::Standing& standing, const Spending& spending) {
  using enum model::BudgetOutcome;
  const model::BudgetAction action = standing.action;
  const budget::Standing* enforced = spending.enforced();
  const bool does_not_fit =
      spending.rehearsed() && spending.asked().of(standing.unit) > standing.left();
  const bool is_enforced = enforced != nullptr && enforced->budget == standing.budget;
  if (action == model::BudgetAction::WarnOnly) return Counted;
  if (!is_enforced && !does_not_fit) return Ok;
  // Where a downgrade leads nowhere the request is refused.
  const bool refused =
      action == model::BudgetAction::Block || (is_enforced && !spending.isDowngraded());
  return refused ? Blocked : Downgraded;
}

// The place of a line's first candidate in the trace, whose candidates are those of all lines with
// those that were passed over (routing::describe()).
struct LinePlace {
  const routing::Line* line = nullptr;
  size_t first = 0;
};

std::vector<LinePlace> placesOf(const routing::Decision& decision) {
  std::vector<LinePlace> places;
  size_t first = 0;
  const auto add = [&](const routing::Line& line) {
    places.push_back({&line, first});
    first += line.candidates.size() + line.passed.size();
  };
  add(decision.line);
  for (const routing::Branch& branch : decision.branches) add(branch.line);
  return places;
}

// What is under way still when the trace is rendered is the stream that serves, or not wanted any
// more.
std::string statusOf(const Attempt& attempt, const Attempt* served) {
  const std::string& status = attempt.record().status;
  if (!status.empty()) return status;
  return &attempt == served ? "streaming" : "cancelled";
}

void noteAttempt(const Attempt& attempt, const Attempt* served,
                 const std::vector<LinePlace>& places, model::DecisionTrace& trace) {
  for (const LinePlace& place : places) {
    const auto& candidates = place.line->candidates;
    const auto found =
        std::ranges::find(candidates, &attempt.candidate(), [](const auto& c) { return &c; });
    if (found == candidates.end()) continue;
    auto& candidate =
        trace.candidates[place.first + static_cast<size_t>(found - candidates.begin())];
    std::string status = statusOf(attempt, served);
    if (&attempt == served) {
      candidate.status = "selected";
    } else if (status == "ok") {
      candidate.status = "not_needed";  // another's answer was served
    } else {
      candidate.status = "failed";
      candidate.reason = std::move(status);
    }
  }
}

// What became of each candidate that was decided on. Attempts of an earlier decision are of others.
void noteCandidates(std::span<const std::unique_ptr<Chain>> chains, const Attempt* served,
                    const routing::Decision& decision, model::DecisionTrace& trace) {
  const auto places = placesOf(decision);
  for (const LinePlace& place : places) {
    if (!place.line->candidates.empty()) trace.candidates[place.first].status = "skipped";
  }
  for (const auto& chain : chains) {
    for (const auto& attempt : chain->attempts()) noteAttempt(*attempt, served, places, trace);
  }
}

void noteAttempts(std::span<const std::unique_ptr<Chain>> chains, const Attempt* served,
                  model::DecisionTrace& trace) {
  trace.decision = "failed";
  std::string story;
  for (const Attempt* attempt : calledAttempts(chains)) {
    model::Attempt& noted = trace.attempts.emplace_back(attempt->record());
    noted.status = statusOf(*attempt, served);
    const std::string name = "attempt_" + std::to_string(trace.attempts.size());
    if (attempt == served) trace.decision = name;
    // One that served and is no "ok" broke off.
    if (noted.status == "ok" || noted.status == "streaming") continue;
    story += story.empty() ? "" : "; ";
    story += name + " " + noted.status;
  }
  if (!story.empty()) trace.reason = std::move(story);
}

// Where several were billed, as the row has them by then.
void noteBills(std::span<const model::Attempt> logged, model::DecisionTrace& trace) {
  const size_t known = std::min(logged.size(), trace.attempts.size());
  for (size_t i = 0; i < known; ++i) trace.attempts[i].bill = logged[i].bill;
}

// Nobody was asked.
void noteCache(model::DecisionTrace& trace) {
  for (auto& candidate : trace.candidates) {
    if (candidate.status == "selected") candidate.status = "not_needed";
  }
  trace.cache = "HIT";
  trace.decision = "cache";
  trace.reason = "the answer was kept";
}

const Attempt* servedBy(std::span<const std::unique_ptr<Chain>> chains) {
  if (chains.empty()) return nullptr;
  const Chain& last = *chains.back();
  return last.served() ? last.winner() : nullptr;
}

}  // namespace

model::DecisionTrace traceDecision(const model::RequestLog& row, const routing::Decision& decision,
                                   std::span<const std::unique_ptr<Chain>> chains,
                                   int64_t latency_us, const std::optional<Served>& told) {
  model::DecisionTrace trace = routing::describe(decision);
  trace.request_id = row.request_id;
  if (!chains.empty()) {
    const Attempt* const served = told ? told->by : servedBy(chains);
    noteCandidates(chains, served, decision, trace);
    const std::string planned = std::exchange(trace.reason, {});
    noteAttempts(chains, served, trace);
    noteBills(row.attempt_log, trace);
    if (told && !told->reason.empty()) {
      trace.reason = told->reason + (trace.reason.empty() ? "" : "; ") + trace.reason;
    }
    if (trace.reason.empty()) trace.reason = planned;
  }
  if (row.fromCache()) noteCache(trace);
  trace.total_latency_us = latency_us;
  return trace;
}

void noteBudgets(const Spending& spending, const config::BudgetIndex& budgets,
                 model::DecisionTrace& trace) {
  trace.budgets.reserve(spending.standings().size() + 1);
  const auto note = [&](const budget::Standing& standing) {
    trace.budgets.push_back(
        {budgets.label(*standing.budget), standing.usedPermyriad(), outcomeOf(standing, spending)});
  };
  std::ranges::for_each(spending.standings(), note);
  // One that sent the request elsewhere need not bind it there.
  const budget::Standing* enforced = spending.enforced();
  const auto is_enforced = [enforced](const budget::Standing& standing) {
    return standing.budget == enforced->budget;
  };
  if (enforced != nullptr && std::ranges::none_of(spending.standings(), is_enforced))
    note(*enforced);
}

void noteFindings(const guard::Findings& findings, model::DecisionTrace& trace) {
  for (const guard::Finding& found : findings.all()) {
    trace.guardrails.push_back({found.rule, found.kind, found.place,
                                std::string(guard::actionName(found.action)), found.count});
  }
}

model::DecisionTrace traceBlocked(const model::RequestLog& row, const guard::Findings& findings,
                                  int64_t latency_us) {
  model::DecisionTrace trace;
  trace.request_id = row.request_id;
  noteFindings(findings, trace);
  trace.decision = "blocked";
  trace.reason = row.error_class;
  trace.total_latency_us = latency_us;
  return trace;
}

}  // namespace penstock::proxy
