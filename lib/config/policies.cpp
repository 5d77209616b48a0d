#include "config/policies.h"

#include <array>

namespace penstock::config {

std::string_view policyName(const Policy& policy) {
  constexpr std::array<std::string_view, std::variant_size_v<Policy>> kNames = {
      "single",   "fallback_chain", "cost_optimized", "latency_optimized",
      "ensemble", "ab_test",        "cascade",        "custom_rules"};
  return kNames.at(policy.index());
}

std::string_view tierName(Tier tier) {
  switch (tier) {
    case Tier::Economy: return "economy";
    case Tier::Standard: return "standard";
    case Tier::Premium: return "premium";
  }
  return "standard";
}

std::string_view balanceName(Balance balance) {
  switch (balance) {
    case Balance::Weighted: return "weighted";
    case Balance::LeastBusy: return "least_busy";
    case Balance::Affinity: return "affinity";
  }
  return "weighted";
}

std::string_view aggregationName(Aggregation aggregation) {
  switch (aggregation) {
    case Aggregation::FirstValid: return "first_valid";
    case Aggregation::WeightedVote: return "weighted_vote";
    case Aggregation::WeightedAverage: return "weighted_average";
    case Aggregation::LlmJudge: return "llm_judge";
  }
  return "first_valid";
}

}  // namespace penstock::config
