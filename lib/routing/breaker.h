#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "routing/attempt_window.h"
#include "routing/readiness.h"

namespace penstock::routing {

// A circuit breaker (spec/modelux.md 13.17): opens when half of 10 attempts or more in a minute
// were faults, or the last 10 of it in a row; 30 s later one attempt at a time may probe. One that
// succeeds closes it, one that does not doubles the wait, up to 5 min.
//
//   closed --half of >= 10, or 10 in a row--> open --30 s--> probing --success--> closed
//                                               ^------------- fault, wait doubles
//
// In a row: a busy target that goes down has a minute full of successes behind it, and would be
// called for half a minute more.
//
// standing(), pass() and giveBack() from any thread; record() by one at a time.
class Breaker {
 public:
  // What an attempt is to the breaker, as of when it began.
  enum class Pass : uint8_t {
    Plain,   // it was closed: counts in the window, and no more once it is open
    Anyway,  // it was open: a success closes it, a fault says nothing new
    Probe,   // holds the probe's place
  };

  Standing standing(UnixMillis now) const;
  // What an attempt that begins now is. Takes the probe's place when it is time and it is free.
  Pass pass(UnixMillis now);
  // Of an attempt that ended without a word.
  void giveBack(Pass pass);

  struct Attempt {
    Pass pass = Pass::Plain;
    UnixMillis began_at = 0;
    OutcomeKind kind = OutcomeKind::Success;
  };
  // `attempts` holds this one already.
  void record(const Attempt& attempt, const AttemptWindow& attempts, UnixMillis now);

  bool open() const { return open_until_.load(std::memory_order_relaxed) != 0; }

 private:
  void recordPlain(const Attempt& attempt, const AttemptWindow& attempts, UnixMillis now);
  void close(UnixMillis now);
  void openFor(int64_t wait_ms, UnixMillis now);

  std::atomic<UnixMillis> open_until_{0};  // 0: closed; past: to be probed
  std::atomic<bool> probing_{false};
  // Used by the one that records.
  int64_t wait_ms_ = 0;
  int64_t faults_in_row_ = 0;
  UnixMillis row_began_at_ = 0;
  UnixMillis closed_at_ = 0;  // what began before it was judged already
};

}  // namespace penstock::routing
