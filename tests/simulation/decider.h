#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/snapshot.h"
#include "routing/decide.h"
#include "simulation/fleet.h"

namespace penstock::simulation {

// A request as policies see it.
class Traits final : public routing::RequestTraits {
 public:
  int64_t prompt_tokens = 1'000;
  uint64_t affinity_key = 0;
  std::string sticky_key;

  int64_t promptTokens() const override { return prompt_tokens; }
  std::optional<int64_t> maxOutputTokens() const override { return 500; }
  bool hasTools() const override { return false; }
  bool hasImages() const override { return false; }
  bool wantsJsonSchema() const override { return false; }
  std::string_view stickyKey() const override { return sticky_key; }
  uint64_t affinityKey() const override { return affinity_key; }
  const rules::Facts& facts() const override { throw std::logic_error("no rules here"); }
};

// What the fleet's targets cost and how they stand now.
class FleetEnvironment final : public routing::Environment {
 public:
  explicit FleetEnvironment(Fleet& fleet) : fleet_(fleet) {}

  // Picodollars a token, of input and output alike.
  void price(const std::string& provider_id, int64_t rate,
             std::optional<int64_t> context_window = std::nullopt) {
    pricing::Price made;
    made.base.input = made.base.output = rate;
    prices_[provider_id] = {made, context_window};
  }

  routing::TargetView view(const model::Provider& provider, std::string_view model) override {
    return fleet_.board.target(provider, model)->view(now());
  }
  Latency latency(const model::Provider& provider, std::string_view model,
                  int64_t seconds) override {
    const auto known = fleet_.board.target(provider, model)->latencyOver(seconds * kSecond, now());
    return {known.p50_ms, known.samples};
  }
  routing::HealthStatus status(const model::Provider& provider) override {
    return fleet_.board.status(provider.id, now());
  }
  pricing::Quote quote(const model::Provider& provider, std::string_view) override {
    pricing::Quote quote;
    const auto found = prices_.find(provider.id);
    if (found == prices_.end()) return quote;
    quote.price = &found->second.first;
    quote.basis = pricing::Basis::Override;
    quote.context_window = found->second.second;
    return quote;
  }
  UnixMillis now() const override { return fleet_.world.now(); }
  uint64_t random() override { return fleet_.world.bits(); }

 private:
  Fleet& fleet_;
  std::map<std::string, std::pair<pricing::Price, std::optional<int64_t>>> prices_;
};

// The decision code as it is, over a configuration of one policy. Knows the fleet's providers as of
// when it was made.
class Decider {
 public:
  Decider(Fleet& fleet, config::Policy policy) : environment(fleet) {
    project_.id = "proj_1";
    auto providers = std::make_shared<config::ProviderIndex>();
    for (const Provider& provider : fleet.providers) {
      providers->by_id[provider.settings.id] = providers->all.size();
      places_[provider.settings.id] = providers->all.size();
      providers->all.push_back(provider.settings);
    }
    auto configs = std::make_shared<config::RoutingConfigIndex>();
    config::RoutingConfig made{.head = {}, .policy = std::move(policy)};
    made.head.id = "rc_1";
    made.head.project_id = project_.id;
    made.head.slug = "simulated";
    configs->by_id[made.head.id] = 0;
    configs->by_slug[project_.id][made.head.slug] = 0;
    configs->all.push_back(std::move(made));
    config::Snapshot::Parts parts;
    parts.providers = providers;
    parts.routing_configs = configs;
    snapshot_ = std::make_unique<config::Snapshot>(std::move(parts));
  }

  routing::Decision decide(const Traits& request) {
    auto decision = routing::decide({*snapshot_, project_, "@simulated", request, environment});
    if (!decision) throw std::runtime_error(decision.error().message);
    return *std::move(decision);
  }

  // The fleet's targets in the order in which they are to be tried.
  std::vector<size_t> order(const Traits& request) {
    const routing::Decision decision = decide(request);
    std::vector<size_t> order;
    for (const auto& candidate : decision.line.candidates) {
      order.push_back(places_.at(candidate.provider->id));
    }
    return order;
  }

  FleetEnvironment environment;

 private:
  model::Project project_;
  std::map<std::string, size_t> places_;
  std::unique_ptr<const config::Snapshot> snapshot_;
};

// The fleet's targets as a policy's: one of each provider, or one with all of these credentials.
inline std::vector<config::PolicyTarget> targetsOf(const Fleet& fleet) {
  std::vector<config::PolicyTarget> targets;
  for (const Provider& provider : fleet.providers) {
    config::PolicyTarget& made = targets.emplace_back();
    made.model = "m";
    made.credentials.push_back({provider.settings.id});
  }
  return targets;
}
inline config::PolicyTarget oneTargetAt(const Fleet& fleet, const std::vector<size_t>& places,
                                        config::Balance balance) {
  config::PolicyTarget target;
  target.model = "m";
  target.balance = balance;
  for (const size_t place : places) {
    target.credentials.push_back({fleet.providers[place].settings.id});
  }
  return target;
}

}  // namespace penstock::simulation
