#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"

namespace penstock::telemetry {

// What became of sending a batch once.
struct Sent {
  enum class Outcome : uint8_t { Taken, TryAgain, Refused };
  Outcome outcome = Outcome::Taken;
  std::string reason;    // why not, or what the collector had to say; for the log
  int64_t rejected = 0;  // spans of a batch that was taken which the collector threw away
  std::optional<std::chrono::milliseconds> retry_after;  // as the collector asks
};

// Sends one body and waits for the answer no longer than that.
using Send = std::function<Sent(const std::string& body, std::chrono::milliseconds timeout)>;

struct RetryLimits {
  std::chrono::milliseconds first{1'000};           // pause after the first failure; then doubled
  std::chrono::milliseconds longest{30'000};        // unless the collector asks for more
  std::chrono::milliseconds give_up_after{60'000};  // since the batch was first sent
};

// When a batch is sent again: exponential pauses, shortened at random by up to half so that
// gateways which lost one collector do not come back at once; Retry-After is obeyed to the letter.
class Backoff {
 public:
  Backoff(const RetryLimits& limits, SteadyTime start)
      : limits_(limits), give_up_at_(start + limits.give_up_after), pause_(limits.first) {}

  // The pause before the next try; nothing when it would end after the batch is given up.
  std::optional<std::chrono::milliseconds> next(
      std::optional<std::chrono::milliseconds> retry_after, SteadyTime now);

 private:
  const RetryLimits limits_;
  const SteadyTime give_up_at_;
  std::chrono::milliseconds pause_;
};

}  // namespace penstock::telemetry
