#pragma once

#include <string>
#include <vector>

#include "config/policies.h"
#include "routing/decide.h"

// Internal to routing/: how policies put their targets in order.
namespace penstock::routing {

// A policy's target with its credential, and what made it stand where it stands.
struct Placed {
  const config::PolicyTarget* target = nullptr;
  std::string reason;
};

// In the policy's order, the first first. What lacks something that the request needs, or is below
// the quality tier, goes to `passed`.
std::vector<Placed> byCost(const config::CostOptimized& policy, const Question& question,
                           std::vector<Passed>& passed);
std::vector<Placed> byLatency(const config::LatencyOptimized& policy, const Question& question,
                              std::vector<Passed>& passed);

// What the model cannot do that the request needs; empty: nothing that is known. `context_window`
// is the model's, where it is known.
std::string missingAbility(const config::PolicyTarget& target, const RequestTraits& request,
                           std::optional<int64_t> context_window);

// What the request costs there in all likelihood: prompt tokens and max_tokens (else 512) at the
// model's prices (spec/modelux.md 13.18). Nothing when no price is known.
std::optional<Money> estimatedCost(const pricing::Quote& quote, const RequestTraits& request);

// Of a model by what its output costs, where nobody said: below $1.50 a million tokens economy,
// below $8 standard.
config::Tier tierOf(const config::PolicyTarget& target, const pricing::Quote& quote);

}  // namespace penstock::routing
