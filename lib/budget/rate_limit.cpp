#include "budget/rate_limit.h"

#include <algorithm>
#include <mutex>

namespace penstock::budget {
namespace {

constexpr int64_t kMinuteNs = 60'000'000'000;
constexpr int64_t kMillisNs = 1'000'000;

int64_t ceilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t nanos(SteadyTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

RateDecision RateBucket::take(int64_t limit_per_minute, SteadyTime now) {
  const int64_t limit = std::max<int64_t>(limit_per_minute, 1);
  const int64_t interval = kMinuteNs / limit;
  const int64_t now_ns = nanos(now);
  RateDecision decision;
  decision.limit = limit;
  int64_t seen = full_at_ns_.load(std::memory_order_relaxed);
  while (true) {
    const int64_t full_at = std::max(seen, now_ns);
    const int64_t next = full_at + interval;
    // The request fits when, with it, no more than one minute's allowance is taken.
    if (next - now_ns > interval * limit) {
      decision.allowed = false;
      decision.reset_ms = ceilDivide(full_at - now_ns, kMillisNs);
      decision.retry_after_ms = ceilDivide(next - now_ns - interval * limit, kMillisNs);
      return decision;
    }
    if (full_at_ns_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) {
      decision.remaining = (interval * limit - (next - now_ns)) / interval;
      decision.reset_ms = ceilDivide(next - now_ns, kMillisNs);
      return decision;
    }
  }
}

void RateBucket::putBack(int64_t limit_per_minute) {
  full_at_ns_.fetch_sub(kMinuteNs / std::max<int64_t>(limit_per_minute, 1),
                        std::memory_order_relaxed);
}

bool RateBucket::full(SteadyTime now) const {
  return full_at_ns_.load(std::memory_order_relaxed) <= nanos(now);
}

std::shared_ptr<RateBucket> RateLimiter::bucket(std::string_view key_id, SteadyTime now) {
  {
    std::shared_lock lock(mutex_);
    const auto found = buckets_.find(key_id);
    if (found != buckets_.end()) return found->second;
  }
  std::unique_lock lock(mutex_);
  if (buckets_.size() >= sweep_at_) {
    std::erase_if(buckets_, [&](const auto& entry) {
      return entry.second.use_count() == 1 && entry.second->full(now);
    });
    sweep_at_ = std::max(kSweepAt, 2 * buckets_.size());
  }
  auto& slot = buckets_[std::string(key_id)];
  if (!slot) slot = std::make_shared<RateBucket>();
  return slot;
}

size_t RateLimiter::size() const {
  std::shared_lock lock(mutex_);
  return buckets_.size();
}

}  // namespace penstock::budget
