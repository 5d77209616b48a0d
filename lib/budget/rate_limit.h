#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
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
  int64_t limit = 0;      // requests a minute
  int64_t remaining = 0;  // requests that would be allowed right now
  int64_t reset_ms = 0;        // until the full allowance is back
  int64_t retry_after_ms = 0;  // when refused: until one request fits
};

// A token bucket of one key: `limit` requests at once, refilled evenly over a minute (GCRA: the whole
// state is the time at which the bucket would be full again). A refusal consumes nothing.
// Thread-safe and lock-free. Outlives configuration snapshots.
class RateBucket {
 public:
  RateDecision take(int64_t limit_per_minute, SteadyTime now);

 private:
  std::atomic<int64_t> full_at_ns_{INT64_MIN};
};

// The buckets of all keys. Buckets appear on first use; retain() drops those of keys that no
// longer exist. Thread-safe.
class RateLimiter {
 public:
  static constexpr int64_t kDefaultPerMinute = 600;

  std::shared_ptr<RateBucket> bucket(std::string_view key_id);
  size_t size() const;
  // Forgets the buckets for which `alive` is false.
  void retain(const std::function<bool(std::string_view key_id)>& alive);

 private:
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::string, std::shared_ptr<RateBucket>, TextHash, std::equal_to<>> buckets_;
};

}  // namespace penstock::budget
