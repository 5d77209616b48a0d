#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "base/clock.h"
#include "routing/readiness.h"

namespace penstock::routing {

// Times to leave something alone: a target, a quota group, a provider. Thread-safe: standing() is a
// few atomic loads, the rest takes a lock of its own.
//
// Attempts that were under way when it began to cool tell nothing new: hundred that are refused
// together lengthen a back-off once, and one that still succeeds does not end it. So whatever is
// told carries `began_at`, when its attempt began.
class Cooldown {
 public:
  // Times that grow with each cool-down in a row: first, 2 × first, … up to `most`.
  struct Backoff {
    int64_t first_ms = 0;
    int64_t most_ms = 0;
  };
  static constexpr int64_t kLongestBlock = 3'600'000;

  // Ready, Last or Blocked.
  Standing standing(UnixMillis now) const;

  // Blocked for as long as the provider said, kLongestBlock at most; never shortened.
  void block(int64_t for_ms, const char* reason, UnixMillis now);
  // Last, for a time.
  void hold(int64_t for_ms, const char* reason, UnixMillis now);
  // Last, for a time that grows; up to a fifth of it is taken off by `random`, so that those who
  // were refused together do not come back together.
  struct Refusal {
    const char* reason = "";
    UnixMillis began_at = 0;
    uint64_t random = 0;
  };
  void backOff(const Backoff& backoff, const Refusal& refusal, UnixMillis now);
  // It worked: what is held ends, and the next back-off starts small. A block stays.
  void succeeded(UnixMillis began_at);
  // Nothing that was known holds any more.
  void forget();

 private:
  std::atomic<UnixMillis> blocked_until_{0};
  std::atomic<UnixMillis> held_until_{0};
  std::atomic<UnixMillis> since_{0};  // of the last that was told; 0: nothing since it worked
  std::atomic<const char*> block_reason_{""};
  std::atomic<const char*> hold_reason_{""};

  std::mutex mutex_;
  int64_t next_ms_ = 0;  // Guarded by mutex_.
};

}  // namespace penstock::routing
