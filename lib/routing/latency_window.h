#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace penstock::routing {

// How long successful attempts took, to the head of the answer.
struct Latency {
  int64_t samples = 0;
  int64_t p50_ms = -1;  // nearest rank; -1: no samples
  int64_t p95_ms = -1;
  bool operator==(const Latency&) const = default;
};

// The latencies of the last five minutes, 1,024 at most: on a busy target those of the last
// seconds. Not thread-safe.
class LatencyWindow {
 public:
  static constexpr UnixMillis kLength = 300'000;
  // Percentiles of many samples are this old at most; those of a few are always new.
  static constexpr UnixMillis kStale = 250;

  void record(int64_t latency_ms, UnixMillis now);
  // Over the last `window` milliseconds, kLength at most. A few windows are remembered between
  // calls: there are as many as policies with a window of their own.
  const Latency& over(UnixMillis window, UnixMillis now);

 private:
  static constexpr size_t kSamples = 1024;
  struct Sample {
    UnixMillis at = 0;
    int64_t latency_ms = 0;
  };
  struct Remembered {
    UnixMillis window = 0;
    UnixMillis at = 0;
    size_t recorded = 0;
    Latency latency;
  };
  Latency compute(UnixMillis window, UnixMillis now) const;

  std::vector<Sample> ring_;  // grows to kSamples
  size_t recorded_ = 0;       // ever
  std::array<Remembered, 4> remembered_;
};

}  // namespace penstock::routing
