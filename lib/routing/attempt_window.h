#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "routing/outcome.h"

namespace penstock::routing {

// How the attempts of the last minute ended, counted by the second. Not thread-safe.
class AttemptWindow {
 public:
  struct Counts {
    int64_t successes = 0;
    int64_t faults = 0;
    int64_t others = 0;  // refusals that count against no breaker: limits, money, credentials

    double successRate() const;  // 1 when there were none
  };
  static constexpr UnixMillis kLength = 60'000;

  void record(OutcomeKind kind, UnixMillis now);
  // Of the last minute.
  Counts counts(UnixMillis now) const { return countsSince(now - kLength, now); }
  // Of the seconds after `since`'s, no earlier than a minute ago.
  Counts countsSince(UnixMillis since, UnixMillis now) const;

 private:
  struct Second {
    int64_t second = -1;
    Counts counts;
  };
  std::array<Second, kLength / 1000> seconds_;
};

}  // namespace penstock::routing
