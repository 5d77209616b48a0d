#include "routing/target_health.h"

#include <utility>

#include "routing/health.h"

namespace penstock::routing {
namespace {

constexpr int64_t kOutOfMoneyMs = 600'000;
constexpr int64_t kModelNotFoundMs = 60'000;
constexpr Cooldown::Backoff kRateLimited{1'000, 60'000};
constexpr Cooldown::Backoff kOverloaded{1'000, 30'000};
constexpr Cooldown::Backoff kCredential{60'000, 600'000};

// With as many samples or fewer, each report makes the figures new.
constexpr int64_t kFewSamples = 32;

}  // namespace

Permit::Permit(Permit&& other) noexcept
    : target_(std::move(other.target_)),
      began_at_(other.began_at_),
      pass_(other.pass_),
      reported_(other.reported_) {}

Permit& Permit::operator=(Permit&& other) noexcept {
  std::swap(target_, other.target_);
  std::swap(began_at_, other.began_at_);
  std::swap(pass_, other.pass_);
  std::swap(reported_, other.reported_);
  return *this;
}

Permit::~Permit() {
  if (target_ != nullptr) target_->end(*this);
}

void Permit::report(const Outcome& outcome, UnixMillis now) {
  if (target_ == nullptr || std::exchange(reported_, true)) return;
  target_->report(*this, outcome, now);
}

TargetHealth::TargetHealth(Parts parts)
    : provider_(std::move(parts.provider)),
      credential_(std::move(parts.credential)),
      random_(std::move(parts.random)),
      max_in_flight_(parts.max_in_flight),
      quota_(&own_quota_) {
  update(std::move(parts.group), parts.max_in_flight);
}

Standing TargetHealth::standing(UnixMillis now) const {
  const Cooldown& quota = *quota_.load(std::memory_order_acquire);
  return worse(worse(quota.standing(now), target_.standing(now)),
               worse(credential_->standing(now), breaker_.standing(now)));
}

TargetView TargetHealth::view(UnixMillis now) const {
  if (isStale(now)) {
    // Whoever holds the lock makes them new, or has just done so.
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (lock.owns_lock()) refresh(now);
  }
  TargetView view;
  Standing standing = this->standing(now);
  view.in_flight = inFlight();
  if (view.in_flight >= max_in_flight_.load(std::memory_order_relaxed)) {
    standing = worse(
        standing, {Readiness::Blocked, 0, "as many requests as it may have at once are under way"});
  }
  view.readiness = standing.readiness;
  view.until = standing.until;
  view.reason = standing.reason;
  view.samples = samples_.load(std::memory_order_relaxed);
  view.p50_ms = p50_ms_.load(std::memory_order_relaxed);
  view.p95_ms = p95_ms_.load(std::memory_order_relaxed);
  view.success_rate = success_rate_.load(std::memory_order_relaxed);
  return view;
}

Latency TargetHealth::latencyOver(UnixMillis window, UnixMillis now) const {
  std::lock_guard lock(mutex_);
  return latencies_.over(window, now);
}

Permit TargetHealth::begin(When when, UnixMillis now) {
  const Readiness readiness = standing(now).readiness;
  if (readiness == Readiness::Blocked) return {};
  if (when == When::Ready && readiness == Readiness::Last) return {};
  if (in_flight_.fetch_add(1) >= max_in_flight_.load(std::memory_order_relaxed)) {
    in_flight_.fetch_sub(1);
    return {};
  }
  Permit permit;
  permit.pass_ = breaker_.pass(now);
  if (when == When::Ready && permit.pass_ == Breaker::Pass::Anyway) {
    in_flight_.fetch_sub(1);  // another was faster to take the probe's place
    return {};
  }
  permit.began_at_ = now;
  permit.target_ = shared_from_this();
  return permit;
}

void TargetHealth::update(std::shared_ptr<Cooldown> group, int64_t max_in_flight) {
  max_in_flight_.store(max_in_flight, std::memory_order_relaxed);
  Cooldown* const quota = group != nullptr ? group.get() : &own_quota_;
  if (quota_.load(std::memory_order_acquire) == quota) return;
  std::lock_guard lock(mutex_);
  if (group != nullptr) groups_.push_back(std::move(group));
  quota_.store(quota, std::memory_order_release);
}

void TargetHealth::report(const Permit& permit, const Outcome& outcome, UnixMillis now) {
  provider_->record(outcome, now);
  cool(permit, outcome, now);
  std::lock_guard lock(mutex_);
  attempts_.record(outcome.kind, now);
  if (outcome.kind == OutcomeKind::Success) latencies_.record(outcome.latency_ms, now);
  breaker_.record({permit.pass_, permit.began_at_, outcome.kind}, attempts_, now);
  if (isStale(now) || samples_.load(std::memory_order_relaxed) <= kFewSamples) refresh(now);
}

void TargetHealth::end(const Permit& permit) {
  if (!permit.reported_) breaker_.giveBack(permit.pass_);
  in_flight_.fetch_sub(1);
}

void TargetHealth::cool(const Permit& permit, const Outcome& outcome, UnixMillis now) {
  Cooldown& quota = *quota_.load(std::memory_order_acquire);
  const auto leave_alone = [&](Cooldown& cooldown, const Cooldown::Backoff& backoff,
                               const char* reason) {
    if (outcome.retry_after_ms) return cooldown.block(*outcome.retry_after_ms, reason, now);
    cooldown.backOff(backoff, {reason, permit.began_at_, random_()}, now);
  };
  switch (outcome.kind) {
    case OutcomeKind::Success:
      quota.succeeded(permit.began_at_);
      target_.succeeded(permit.began_at_);
      return credential_->succeeded(permit.began_at_);
    case OutcomeKind::RateLimited: return leave_alone(quota, kRateLimited, "rate limited");
    case OutcomeKind::OutOfMoney: return quota.hold(kOutOfMoneyMs, "out of quota or credit", now);
    case OutcomeKind::Overloaded: return leave_alone(target_, kOverloaded, "overloaded");
    case OutcomeKind::ModelNotFound:
      return target_.hold(kModelNotFoundMs, "the provider does not have the model", now);
    case OutcomeKind::Credential:
      return credential_->backOff(kCredential, {"credential refused", permit.began_at_, random_()},
                                  now);
    case OutcomeKind::ServerError:
    case OutcomeKind::Timeout:
    case OutcomeKind::Transport:
    case OutcomeKind::InvalidAnswer: return;
  }
}

bool TargetHealth::isStale(UnixMillis now) const {
  const UnixMillis refreshed_at = refreshed_at_.load(std::memory_order_relaxed);
  return now < refreshed_at || now - refreshed_at >= LatencyWindow::kStale;
}

void TargetHealth::refresh(UnixMillis now) const {
  const Latency& latency = latencies_.over(LatencyWindow::kLength, now);
  samples_.store(latency.samples, std::memory_order_relaxed);
  p50_ms_.store(latency.p50_ms, std::memory_order_relaxed);
  p95_ms_.store(latency.p95_ms, std::memory_order_relaxed);
  success_rate_.store(attempts_.counts(now).successRate(), std::memory_order_relaxed);
  refreshed_at_.store(now, std::memory_order_relaxed);
}

}  // namespace penstock::routing
