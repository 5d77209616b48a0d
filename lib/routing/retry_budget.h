#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace penstock::routing {

// Keeps retries from making an outage worse: over the last ten seconds, attempts beyond a request's
// first at the same target, and hedges, are at most a fifth of the requests — or three a second,
// where there are so few requests that a fifth would be next to none. Moving on to another target
// is no retry. Thread-safe; counting a request is one atomic operation.
class RetryBudget {
 public:
  static constexpr int64_t kSeconds = 10;
  static constexpr int64_t kRequestsPerRetry = 5;
  static constexpr int64_t kFloorPerSecond = 3;

  void countRequest(UnixMillis now);
  // Whether a retry may be made now; counts it when it may.
  [[nodiscard]] bool tryRetry(UnixMillis now);

 private:
  // One second's counts in one word, so that they start afresh together.
  struct Counts {
    uint64_t second = 0;
    uint64_t requests = 0;
    uint64_t retries = 0;
  };
  static Counts unpack(uint64_t word);
  static uint64_t pack(const Counts& counts);
  void add(UnixMillis now, uint64_t requests, uint64_t retries);

  std::array<std::atomic<uint64_t>, 16> seconds_{};
  std::mutex retrying_;  // retries are rare, and counted one after the other
};

}  // namespace penstock::routing
