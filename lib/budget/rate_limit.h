#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/text.h"

namespace penstock::budget {

// What a rate limit says of one request.
struct RateDecision {
  bool allowed = true;
  int64_t limit = 0;           // requests a minute
  int64_t remaining = 0;       // requests that would be allowed right now
  int64_t reset_ms = 0;        // until the full allowance is back
  int64_t retry_after_ms = 0;  // when refused: until one request fits
};

// A token bucket of one key: `limit` requests at once, refilled evenly over a minute (GCRA: the
// whole state is the time at which the bucket would be full again). A refusal consumes nothing.
// Thread-safe and lock-free. Outlives configuration snapshots.
class RateBucket {
 public:
  RateDecision take(int64_t limit_per_minute, SteadyTime now);
  // Undoes one take() with that limit: for requests that something else refused afterwards.
  void putBack(int64_t limit_per_minute);
  // Whether the whole allowance is there: then the bucket is as good as a new one.
  bool full(SteadyTime now) const;

 private:
  std::atomic<int64_t> full_at_ns_{INT64_MIN};
};

// The buckets of all keys. They appear on first use; those that are full and that nobody holds are
// dropped as the table grows, so that keys which are gone leave nothing behind. Thread-safe.
class RateLimiter {
 public:
  std::shared_ptr<RateBucket> bucket(std::string_view key_id, SteadyTime now);
  size_t size() const;

 private:
  static constexpr size_t kSweepAt = 1024;

  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::string, std::shared_ptr<RateBucket>, TextHash, std::equal_to<>> buckets_;
  size_t sweep_at_ = kSweepAt;
};

}  // namespace penstock::budget
