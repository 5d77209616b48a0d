#include "routing/order.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace penstock::routing {
namespace {

using config::PolicyTarget;
using config::Tier;

constexpr int64_t kAssumedOutput = 512;
constexpr uint64_t kExploreOneIn = 20;  // 5 % of the requests

struct Estimate {
  Placed placed;
  std::optional<Money> cost;
  Environment::Latency latency;
};

const model::Provider* providerOf(const PolicyTarget& target, const Question& question) {
  for (const config::Credential& credential : target.credentials) {
    if (const auto* provider = question.snapshot.findProvider(credential.provider_id))
      return provider;
  }
  return nullptr;
}

// What is known of each target that can serve the request.
template <typename Qualifies>
std::vector<Estimate> estimate(const std::vector<PolicyTarget>& targets, const Question& question,
                               std::vector<Passed>& passed, Qualifies qualifies) {
  std::vector<Estimate> estimates;
  for (const PolicyTarget& target : targets) {
    const model::Provider* provider = providerOf(target, question);
    if (provider == nullptr) continue;
    const pricing::Quote quote = question.environment.quote(*provider, target.model);
    std::string why = missingAbility(target, question.request, quote.context_window);
    if (why.empty()) why = qualifies(target, quote);
    if (!why.empty()) {
      passed.push_back({provider, target.model, std::move(why)});
      continue;
    }
    estimates.push_back({{&target, {}}, estimatedCost(quote, question.request), {}});
  }
  return estimates;
}

std::vector<Placed> placesOf(std::vector<Estimate> estimates) {
  std::vector<Placed> placed;
  placed.reserve(estimates.size());
  for (Estimate& one : estimates) placed.push_back(std::move(one.placed));
  return placed;
}

int64_t nanosOf(const Estimate& one) {
  return one.cost ? one.cost->nanos : std::numeric_limits<int64_t>::max();
}

}  // namespace

std::optional<Money> estimatedCost(const pricing::Quote& quote, const RequestTraits& request) {
  if (quote.price == nullptr) return std::nullopt;
  model::Usage usage;
  usage.input_uncached = request.promptTokens();
  usage.output_text = request.maxOutputTokens().value_or(kAssumedOutput);
  return pricing::costOf(*quote.price, usage).total;
}

Tier tierOf(const PolicyTarget& target, const pricing::Quote& quote) {
  constexpr int64_t kStandardFrom = 1'500'000;  // picodollars a token: $1.50 a million
  constexpr int64_t kPremiumFrom = 8'000'000;
  if (target.tier) return *target.tier;
  if (quote.price == nullptr) return Tier::Standard;
  const int64_t output = quote.price->base.output;
  if (output >= kPremiumFrom) return Tier::Premium;
  return output >= kStandardFrom ? Tier::Standard : Tier::Economy;
}

std::string missingAbility(const PolicyTarget& target, const RequestTraits& request,
                           std::optional<int64_t> context_window) {
  using config::Lack;
  if (target.has(Lack::Tools) && request.hasTools()) return "cannot call tools";
  if (target.has(Lack::JsonSchema) && request.wantsJsonSchema()) return "knows no JSON schema";
  if (target.has(Lack::Vision) && request.hasImages()) return "cannot see images";
  if (!context_window) return {};
  const int64_t needed = request.promptTokens() + request.maxOutputTokens().value_or(0);
  if (needed <= *context_window) return {};
  return fmt::format("context of {} tokens is too small for about {}", *context_window, needed);
}

std::vector<Placed> byCost(const config::CostOptimized& policy, const Question& question,
                           std::vector<Passed>& passed) {
  auto estimates = estimate(policy.allowed_models, question, passed,
                            [&](const PolicyTarget& target, const pricing::Quote& quote) {
                              if (!policy.quality_tier) return std::string();
                              const Tier tier = tierOf(target, quote);
                              if (tier >= *policy.quality_tier) return std::string();
                              return fmt::format("{} tier, below {}", config::tierName(tier),
                                                 config::tierName(*policy.quality_tier));
                            });
  std::stable_sort(estimates.begin(), estimates.end(),
                   [](const auto& a, const auto& b) { return nanosOf(a) < nanosOf(b); });
  for (Estimate& one : estimates) {
    one.placed.reason = one.cost ? "about $" + one.cost->usd(6) : "no price is known";
  }
  return placesOf(std::move(estimates));
}

std::vector<Placed> byLatency(const config::LatencyOptimized& policy, const Question& question,
                              std::vector<Passed>& passed) {
  auto estimates = estimate(policy.allowed_models, question, passed,
                            [](const auto&, const auto&) { return std::string(); });
  const auto is_known = [&](const Estimate& one) {
    return one.latency.samples >= policy.min_samples;
  };
  for (Estimate& one : estimates) {
    one.latency = question.environment.latency(*providerOf(*one.placed.target, question),
                                               one.placed.target->model, policy.window_seconds);
    one.placed.reason =
        is_known(one) ? fmt::format("p50 {} ms", one.latency.p50_ms)
                      : fmt::format("{} samples of {}", one.latency.samples, policy.min_samples);
  }
  // What is known first, the fastest first; ties, and what is not known, by cost.
  std::stable_sort(estimates.begin(), estimates.end(), [&](const auto& a, const auto& b) {
    if (is_known(a) != is_known(b)) return is_known(a);
    if (is_known(a) && a.latency.p50_ms != b.latency.p50_ms)
      return a.latency.p50_ms < b.latency.p50_ms;
    return nanosOf(a) < nanosOf(b);
  });
  // A share of the requests finds out about what is not known; all do while nothing is.
  const auto unknown = std::find_if_not(estimates.begin(), estimates.end(), is_known);
  if (unknown == estimates.end()) return placesOf(std::move(estimates));
  const auto count = static_cast<uint64_t>(estimates.end() - unknown);
  const uint64_t random = question.environment.random();
  if (unknown == estimates.begin() || random % kExploreOneIn == 0) {
    const auto explored = unknown + static_cast<int64_t>((random / kExploreOneIn) % count);
    explored->placed.reason += ": explored";
    std::rotate(estimates.begin(), explored, explored + 1);
  }
  return placesOf(std::move(estimates));
}

}  // namespace penstock::routing
