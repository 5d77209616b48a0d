#pragma once

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace penstock::test {

// A clock that goes only when told to. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixMillis start = 1'800'000'000'000) : now_(start) {}

  UnixMillis now() const override { return now_.load(); }
  SteadyTime steady() const override {
    return SteadyTime(std::chrono::milliseconds(steady_.load()));
  }

  // Both clocks.
  void advance(std::chrono::milliseconds by) {
    now_ += by.count();
    steady_ += by.count();
  }
  void setNow(UnixMillis now) { now_ = now; }

 private:
  std::atomic<UnixMillis> now_;
  std::atomic<int64_t> steady_{1'000'000};
};

}  // namespace penstock::test
