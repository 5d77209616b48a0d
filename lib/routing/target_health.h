#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "routing/attempt_window.h"
#include "routing/breaker.h"
#include "routing/cooldown.h"
#include "routing/latency_window.h"
#include "routing/outcome.h"
#include "routing/readiness.h"

namespace penstock::routing {

class ProviderHealth;
class TargetHealth;

// How a target stands, for decisions. A copy.
struct TargetView {
  Readiness readiness = Readiness::Ready;
  UnixMillis until = 0;     // Last and Blocked: when it is worth looking again; 0: not known
  const char* reason = "";  // "breaker open", "rate limited"; lives as long as the program
  int64_t in_flight = 0;    // attempts under way, over all loops
  int64_t samples = 0;      // successes of the last five minutes
  int64_t p50_ms = -1;      // of these, to the head of the answer; -1: none
  int64_t p95_ms = -1;
  double success_rate = 1;  // of the last minute's attempts; 1 when there were none
};

// Leave for one attempt at a target. Counts it as under way until it goes; one that goes without
// report() says nothing of the target (the caller left), and gives a probe's place back.
class Permit {
 public:
  Permit() = default;
  Permit(Permit&& other) noexcept;
  Permit& operator=(Permit&& other) noexcept;
  ~Permit();

  // How the attempt ended; once. It is under way until the permit goes all the same.
  void report(const Outcome& outcome, UnixMillis now);
  explicit operator bool() const { return target_ != nullptr; }

 private:
  friend class TargetHealth;
  std::shared_ptr<TargetHealth> target_;
  UnixMillis began_at_ = 0;
  Breaker::Pass pass_ = Breaker::Pass::Plain;
  bool reported_ = false;
};

// What is known of one model at one provider credential: its breaker, its cool-downs (one of them
// shared by a quota group, one by all models of the provider), what is under way and how fast it
// answered lately. Thread-safe; outlives snapshots. Made by HealthBoard.
//
//   fault           Breaker: open at half of 10 attempts or more in a minute, or 10 in a row; Probe
//                   after 30 s
//   RateLimited     its quota group: Blocked until the provider's Retry-After (an hour at most), or
//                   Last for 1 s, doubling to 60 s
//   OutOfMoney      its quota group: Last for 10 min
//   Overloaded      this target: Blocked until the Retry-After, or Last for 1 s, doubling to 30 s
//   ModelNotFound   this target: Last for 60 s
//   Credential      its provider: Last for 60 s, doubling to 10 min
class TargetHealth : public std::enable_shared_from_this<TargetHealth> {
 public:
  // What it shares with other targets, and what it needs.
  struct Parts {
    std::shared_ptr<ProviderHealth> provider;
    std::shared_ptr<Cooldown> credential;  // of all models of the provider
    std::shared_ptr<Cooldown> group;       // of its quota group; none: it is its own
    std::function<uint64_t()> random;      // for jitter; thread-safe
    int64_t max_in_flight = 0;
  };
  explicit TargetHealth(Parts parts);
  TargetHealth(const TargetHealth&) = delete;
  TargetHealth& operator=(const TargetHealth&) = delete;

  // A few atomic loads; four times a second one of the callers does a few microseconds' work.
  TargetView view(UnixMillis now) const;
  // The same figures as a view's over another window, five minutes at most.
  Latency latencyOver(UnixMillis window, UnixMillis now) const;
  int64_t p50Over(UnixMillis window, UnixMillis now) const {
    return latencyOver(window, now).p50_ms;
  }
  int64_t inFlight() const { return in_flight_.load(std::memory_order_relaxed); }
  bool breakerOpen() const { return breaker_.open(); }

  // Leave to attempt now, or an empty permit. `Anyway` is for a target that is the last that is
  // left; whoever is let through when it is worth trying again carries the probe.
  //   Ready    passes Ready, and Probe for one at a time
  //   Anyway   passes Last too; never Blocked
  enum class When : uint8_t { Ready, Anyway };
  Permit begin(When when, UnixMillis now);

  // Its provider was edited. `group` as in Parts.
  void update(std::shared_ptr<Cooldown> group, int64_t max_in_flight);

 private:
  friend class Permit;

  Standing standing(UnixMillis now) const;  // but for what is under way
  void report(const Permit& permit, const Outcome& outcome, UnixMillis now);
  void end(const Permit& permit);
  void cool(const Permit& permit, const Outcome& outcome, UnixMillis now);
  bool isStale(UnixMillis now) const;
  void refresh(UnixMillis now) const;  // with mutex_ held

  // Constant after construction.
  const std::shared_ptr<ProviderHealth> provider_;
  const std::shared_ptr<Cooldown> credential_;
  const std::function<uint64_t()> random_;

  std::atomic<int64_t> in_flight_{0};
  std::atomic<int64_t> max_in_flight_;
  Cooldown own_quota_;            // while it is in no group
  std::atomic<Cooldown*> quota_;  // own_quota_, or the last of groups_
  Cooldown target_;
  Breaker breaker_;  // read by all, written with mutex_ held

  // Figures as of `refreshed_at_`.
  mutable std::atomic<UnixMillis> refreshed_at_{0};
  mutable std::atomic<int64_t> samples_{0}, p50_ms_{-1}, p95_ms_{-1};
  mutable std::atomic<double> success_rate_{1};

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  mutable LatencyWindow latencies_;
  AttemptWindow attempts_;
  std::vector<std::shared_ptr<Cooldown>> groups_;  // all that it was ever in: few, and pointed to
};

}  // namespace penstock::routing
