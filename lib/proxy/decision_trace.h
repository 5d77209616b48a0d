#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "config/budget_index.h"
#include "guard/finding.h"
#include "model/decision.h"
#include "model/request_log.h"
#include "proxy/chain.h"
#include "proxy/spending.h"
#include "routing/decision.h"

namespace penstock::proxy {

// Whose answer is served, null while that is not known, and why, where the last chain does not
// tell: of answers that are made of several chains', and of a stream that is under way.
struct Served {
  const Attempt* by = nullptr;
  std::string reason;
};

// The decision trace (spec/modelux.md 5.2), for mlx:trace, dry runs and the log: what was
// considered, what was tried and why it ended as it did, as far as known now. Valid while the
// chains are. Without `told`, the last chain is the one that serves.
model::DecisionTrace traceDecision(const model::RequestLog& row, const routing::Decision& decision,
                                   std::span<const std::unique_ptr<Chain>> chains,
                                   int64_t latency_us,
                                   const std::optional<Served>& told = std::nullopt);
// Adds the budgets that bind the request, which are of that index, and what they did to it.
void noteBudgets(const Spending& spending, const config::BudgetIndex& budgets,
                 model::DecisionTrace& trace);
// Adds what the request's guardrails found.
void noteFindings(const guard::Findings& findings, model::DecisionTrace& trace);

// The same of a request that a guardrail refused before anything was decided.
model::DecisionTrace traceBlocked(const model::RequestLog& row, const guard::Findings& findings,
                                  int64_t latency_us);

}  // namespace penstock::proxy
