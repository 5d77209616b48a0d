#include "config/reach.h"

#include <algorithm>

namespace penstock::config {
namespace {

class Collector {
 public:
  Collector(const Snapshot& snapshot, std::vector<const PolicyTarget*>& found)
      : snapshot_(snapshot), found_(found) {}

  void add(const RoutingConfig& config) {
    if (std::ranges::find(seen_, &config) != seen_.end()) return;
    seen_.push_back(&config);
    project_id_ = config.head.project_id;
    add(config.policy);
  }

 private:
  void add(const Policy& policy) {
    std::visit([this](const auto& one) { add(one); }, policy);
  }
  void add(const Route& route) {
    if (const auto* target = std::get_if<PolicyTarget>(&route)) {
      found_.push_back(target);
    } else if (const auto* written = std::get_if<std::shared_ptr<const InlinePolicy>>(&route)) {
      add((*written)->policy);
    } else if (const auto* reference = std::get_if<ConfigReference>(&route)) {
      const RoutingConfig* next = snapshot_.findRoutingConfig(project_id_, reference->slug);
      if (next != nullptr) add(*next);
    }
  }
  void add(const SinglePolicy& policy) { found_.push_back(&policy.target); }
  void add(const FallbackChain& policy) {
    for (const Route& route : policy.models) add(route);
  }
  void add(const CostOptimized& policy) { addAll(policy.allowed_models); }
  void add(const LatencyOptimized& policy) { addAll(policy.allowed_models); }
  void add(const Ensemble& policy) {
    for (const auto& member : policy.members) add(member.route);
    if (policy.judge) found_.push_back(&policy.judge->target);
  }
  void add(const AbTest& policy) {
    for (const auto& variant : policy.variants) add(variant.route);
  }
  void add(const Cascade& policy) {
    for (const auto& step : policy.steps) {
      add(step.route);
      if (step.accept.judge) found_.push_back(&step.accept.judge->target);
    }
  }
  void add(const CustomRules& policy) {
    for (const auto& rule : policy.rules) add(rule.then);
    add(policy.otherwise);
  }
  void addAll(const std::vector<PolicyTarget>& targets) {
    for (const PolicyTarget& target : targets) found_.push_back(&target);
  }

  const Snapshot& snapshot_;
  std::vector<const PolicyTarget*>& found_;
  std::vector<const RoutingConfig*> seen_;
  std::string_view project_id_;
};

}  // namespace

std::vector<const PolicyTarget*> targetsOf(const Snapshot& snapshot, const RoutingConfig& config) {
  std::vector<const PolicyTarget*> found;
  Collector(snapshot, found).add(config);
  return found;
}

}  // namespace penstock::config
