#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace penstock::simulation {

// A time of its own, which jumps from one thing that happens to the next, and randomness from a
// seed: the same simulation is the same each time, and an hour of it takes a moment.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {}

  UnixMillis now() const { return now_; }
  void at(UnixMillis time, std::function<void()> what) {
    agenda_.push({time, sequence_++, std::move(what)});
  }
  void after(int64_t millis, std::function<void()> what) { at(now_ + millis, std::move(what)); }
  // Calls `what` at random times, so many a second on average, until then.
  void arrivals(double per_second, UnixMillis until, const std::function<void()>& what) {
    const auto wait = static_cast<int64_t>(std::ceil(exponential(1000 / per_second)));
    if (now_ + wait >= until) return;
    after(wait, [this, per_second, until, what] {
      what();
      arrivals(per_second, until, what);
    });
  }
  // Until nothing is left to happen.
  void run() {
    while (!agenda_.empty()) {
      const Entry entry = agenda_.top();
      agenda_.pop();
      now_ = entry.time;
      entry.what();
    }
  }

  uint64_t bits() { return random_(); }
  double unit() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  double exponential(double mean) {
    return std::exponential_distribution<double>(1 / mean)(random_);
  }
  // With that median; `spread` 0.3 has its 95th percentile at 1.6 times the median.
  int64_t logNormal(double median, double spread) {
    return static_cast<int64_t>(
        std::lognormal_distribution<double>(std::log(median), spread)(random_));
  }

 private:
  struct Entry {
    UnixMillis time = 0;
    uint64_t sequence = 0;  // what was planned first happens first
    std::function<void()> what;
    bool operator<(const Entry& other) const {
      return std::pair(time, sequence) > std::pair(other.time, other.sequence);
    }
  };
  UnixMillis now_ = 1'800'000'000'000;
  uint64_t sequence_ = 0;
  std::priority_queue<Entry> agenda_;
  std::mt19937_64 random_;
};

}  // namespace penstock::simulation
