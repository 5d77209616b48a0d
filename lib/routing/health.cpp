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

std::string_view outcomeName(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::Success: return "success";
    case OutcomeKind::RateLimited: return "rate_limited";
    case OutcomeKind::ServerError: return "server_error";
    case OutcomeKind::Timeout: return "timeout";
    case OutcomeKind::Transport: return "transport";
    case OutcomeKind::Credential: return "credential_refused";
    case OutcomeKind::InvalidAnswer: return "invalid_answer";
  }
  return "unknown";
}

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
  last_succeeded_ = outcome.kind == OutcomeKind::Success;
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
  bool last_succeeded = false;
  {
    std::lock_guard lock(mutex_);
    for (size_t i = 0; i < std::min(recorded_, kSamples); ++i) {
      const Sample& sample = ring_[i];
      if (sample.at <= now - kHealthWindow) continue;
      ++status.samples;
      if (sample.kind == OutcomeKind::Success) latencies.push_back(sample.latency_ms);
    }
    status.last_check_at = last_check_at_;
    status.last_error = last_failure_ == OutcomeKind::Success
                            ? last_probe_error_
                            : std::string(outcomeName(last_failure_));
    last_succeeded = last_succeeded_;
  }
  const auto successes = static_cast<int64_t>(latencies.size());
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

std::shared_ptr<ProviderHealth> HealthBoard::of(std::string_view provider_id) {
  {
    std::shared_lock lock(mutex_);
    const auto found = providers_.find(provider_id);
    if (found != providers_.end()) return found->second;
  }
  std::unique_lock lock(mutex_);
  auto& entry = providers_[std::string(provider_id)];
  if (entry == nullptr) entry = std::make_shared<ProviderHealth>();
  return entry;
}

HealthStatus HealthBoard::status(std::string_view provider_id, UnixMillis now) const {
  std::shared_ptr<ProviderHealth> health;
  {
    std::shared_lock lock(mutex_);
    const auto found = providers_.find(provider_id);
    if (found == providers_.end()) return {};
    health = found->second;
  }
  return health->status(now);
}

}  // namespace penstock::routing
