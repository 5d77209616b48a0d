#include "declare/deployments.h"

#include <algorithm>
#include <cmath>

namespace penstock::declare {
namespace {

constexpr double kMaxWeight = 10'000;  // of a credential, as the API takes it

// Whole weights stay as they are; others are scaled so that the heaviest is 1000.
std::vector<int64_t> wholeWeights(const std::vector<double>& weights) {
  const bool whole = std::ranges::all_of(weights, [](double weight) {
    return weight >= 1 && weight <= kMaxWeight && weight == std::floor(weight);
  });
  const double heaviest = std::ranges::max(weights);
  const double scale = whole || heaviest <= 0 ? 1 : 1000 / heaviest;
  std::vector<int64_t> result;
  result.reserve(weights.size());
  for (const double weight : weights) {
    result.push_back(std::max<int64_t>(1, std::llround(weight * scale)));
  }
  return result;
}

// Consecutive deployments of which one target is made.
struct Pool {
  const Deployment* first;
  std::vector<std::string> providers;
  std::vector<double> weights;

  bool takes(const Deployment& deployment) const {
    return first->model == deployment.model && first->order == deployment.order &&
           first->timeout_ms == deployment.timeout_ms;
  }
  void add(const Deployment& deployment) {
    const double weight = deployment.weight.value_or(1);
    const auto known = std::ranges::find(providers, deployment.provider);
    if (known != providers.end()) {
      weights[static_cast<size_t>(known - providers.begin())] += weight;
      return;
    }
    providers.push_back(deployment.provider);
    weights.push_back(weight);
  }
  RoutingTarget target() const {
    RoutingTarget made{.model = first->model, .credentials = {}, .timeout_ms = first->timeout_ms};
    const auto whole = wholeWeights(weights);
    for (size_t i = 0; i < providers.size(); ++i) {
      made.credentials.push_back({providers[i], whole[i]});
    }
    return made;
  }
};

}  // namespace

std::vector<RoutingTarget> targetsOf(std::vector<Deployment> deployments) {
  std::ranges::stable_sort(deployments, {}, &Deployment::order);
  std::vector<Pool> pools;
  for (const Deployment& deployment : deployments) {
    auto pool = std::ranges::find_if(pools, [&](const Pool& p) { return p.takes(deployment); });
    if (pool == pools.end()) pool = pools.insert(pool, {&deployment, {}, {}});
    pool->add(deployment);
  }
  std::vector<RoutingTarget> targets;
  targets.reserve(pools.size());
  for (const Pool& pool : pools) targets.push_back(pool.target());
  return targets;
}

std::vector<RoutingTarget> separateTargetsOf(const std::vector<Deployment>& deployments) {
  std::vector<RoutingTarget> targets;
  for (const Deployment& deployment : deployments) {
    RoutingTarget target{.model = deployment.model,
                         .credentials = {{deployment.provider}},
                         .timeout_ms = deployment.timeout_ms};
    if (std::ranges::find(targets, target) == targets.end()) targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace penstock::declare
