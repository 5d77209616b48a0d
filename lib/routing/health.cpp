#include "routing/health.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace penstock::routing {
namespace {

constexpr int64_t kEnoughSamples = 10;
// Past this age one attempt says nothing about now.
constexpr UnixMillis kFresh = 15 * 60'000;

// The nearest rank; `sorted` holds at least one.
int64_t percentile(const std::vector<int32_t>& sorted, size_t percent) {
  const size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<size_t>(rank, 1) - 1];
}

HealthState stateOf(int64_t samples, int64_t failures) {
  if (failures * 2 >= samples) return HealthState::Unhealthy;
  return failures * 10 >= samples ? HealthState::Degraded : HealthState::Healthy;
}

}  // namespace

std::string_view healthStateName(HealthState state) {
  switch (state) {
    case HealthState::Unknown: return "unknown";
    case HealthState::Healthy: return "healthy";
    case HealthState::Degraded: return "degraded";
    case HealthState::Unhealthy: return "unhealthy";
  }
  return "unknown";
}

void ProviderHealth::record(const Outcome& outcome, UnixMillis now) {
  const int64_t latency =
      std::clamp<int64_t>(outcome.latency_ms, 0, std::numeric_limits<int32_t>::max());
  std::lock_guard lock(mutex_);
  ring_[recorded_++ % kSamples] = {now, static_cast<int32_t>(latency), outcome.kind};
  last_check_at_ = now;
  last_succeeded_ = isProviderWell(outcome.kind);
  if (!last_succeeded_) last_failure_ = outcome.kind;
}

void ProviderHealth::recordProbe(std::string error, UnixMillis now) {
  std::lock_guard lock(mutex_);
  last_check_at_ = now;
  last_succeeded_ = error.empty();
  if (last_succeeded_) return;
  last_failure_ = OutcomeKind::Success;
  last_probe_error_ = std::move(error);
}

HealthStatus ProviderHealth::status(UnixMillis now) const {
  HealthStatus status;
  std::vector<int32_t> latencies;
  latencies.reserve(kSamples);
  int64_t successes = 0;
  bool last_succeeded = false;
  {
    std::lock_guard lock(mutex_);
    for (size_t i = 0; i < std::min(recorded_, kSamples); ++i) {
      const Sample& sample = ring_[i];
      if (sample.at <= now - kHealthWindow) continue;
      ++status.samples;
      if (isProviderWell(sample.kind)) ++successes;
      if (sample.kind == OutcomeKind::Success) latencies.push_back(sample.latency_ms);
    }
    status.last_check_at = last_check_at_;
    status.last_error = last_failure_ == OutcomeKind::Success
                            ? last_probe_error_
                            : std::string(outcomeName(last_failure_));
    last_succeeded = last_succeeded_;
  }
  if (status.samples > 0) {
    status.success_rate = static_cast<double>(successes) / static_cast<double>(status.samples);
  }
  if (!latencies.empty()) {
    std::sort(latencies.begin(), latencies.end());
    status.p50_ms = percentile(latencies, 50);
    status.p95_ms = percentile(latencies, 95);
  }
  if (status.samples >= kEnoughSamples) {
    status.state = stateOf(status.samples, status.samples - successes);
  } else if (status.last_check_at && *status.last_check_at > now - kFresh) {
    status.state = last_succeeded ? HealthState::Healthy : HealthState::Unhealthy;
  }
  return status;
}

HealthBoard::ProviderEntry& HealthBoard::entryOf(std::string_view provider_id) {
  const auto found = providers_.find(provider_id);
  if (found != providers_.end()) return found->second;
  return providers_[std::string(provider_id)];
}

std::shared_ptr<ProviderHealth> HealthBoard::of(std::string_view provider_id) {
  {
    std::shared_lock lock(mutex_);
    const auto found = providers_.find(provider_id);
    if (found != providers_.end()) return found->second.health;
  }
  std::unique_lock lock(mutex_);
  return entryOf(provider_id).health;
}

std::shared_ptr<TargetHealth> HealthBoard::target(const model::Provider& provider,
                                                  std::string_view model) {
  const int64_t max_in_flight = provider.max_concurrency.value_or(options_.max_in_flight);
  std::unique_lock lock(mutex_);
  std::shared_ptr<Cooldown> group = groupOf(provider);
  ProviderEntry& entry = entryOf(provider.id);
  // Another credential may be taken.
  if (std::exchange(entry.updated_at, provider.updated_at) != provider.updated_at) {
    entry.credential->forget();
  }
  const auto found = entry.targets.find(model);
  if (found != entry.targets.end()) {
    found->second->update(std::move(group), max_in_flight);
    return found->second;
  }
  if (target_count_ >= options_.max_targets) dropUnused();
  ++target_count_;
  return entry.targets
      .emplace(model, std::make_shared<TargetHealth>(
                          TargetHealth::Parts{entry.health, entry.credential, std::move(group),
                                              options_.random, max_in_flight}))
      .first->second;
}

std::shared_ptr<Cooldown> HealthBoard::groupOf(const model::Provider& provider) {
  if (provider.quota_group.empty()) return nullptr;
  auto& group = groups_[provider.quota_group];
  if (group == nullptr) group = std::make_shared<Cooldown>();
  return group;
}

// Callers choose models' names: without this, as many targets as they think of.
void HealthBoard::dropUnused() {
  for (auto& [id, entry] : providers_) {
    target_count_ -= std::erase_if(
        entry.targets, [](const auto& target) { return target.second.use_count() == 1; });
  }
}

std::vector<HealthBoard::KnownTarget> HealthBoard::targets(std::string_view provider_id) const {
  std::vector<KnownTarget> targets;
  std::shared_lock lock(mutex_);
  for (const auto& [id, entry] : providers_) {
    if (!provider_id.empty() && id != provider_id) continue;
    for (const auto& [model, health] : entry.targets) targets.push_back({id, model, health});
  }
  return targets;
}

HealthStatus HealthBoard::status(std::string_view provider_id, UnixMillis now) const {
  std::shared_ptr<ProviderHealth> health;
  {
    std::shared_lock lock(mutex_);
    const auto found = providers_.find(provider_id);
    if (found == providers_.end()) return {};
    health = found->second.health;
  }
  return health->status(now);
}

}  // namespace penstock::routing
