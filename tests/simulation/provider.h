#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "routing/health.h"
#include "simulation/world.h"

namespace penstock::simulation {

// A provider as it might be: so fast, down for a time, with a quota.
class Provider {
 public:
  // How it is at a time.
  struct Mood {
    double median_ms = 300;
    double spread = 0.3;
    double faults = 0;  // share of calls that end in a timeout
  };
  // So many calls a window, over all providers that share it; the rest are told when to come back.
  struct Quota {
    int64_t limit = 0;
    int64_t window_ms = 1000;
    UnixMillis window = 0;
    int64_t used = 0;
  };
  struct Call {
    UnixMillis at = 0;
    UnixMillis answered_at = 0;
    routing::Outcome outcome;
  };

  Provider(World& world, std::string id, std::function<Mood(UnixMillis)> mood)
      : world_(world), mood_(std::move(mood)) {
    settings.id = std::move(id);
    settings.vendor = "openai";
  }

  // A call now; `ended` hears when and how it ends.
  void call(const std::function<void(const routing::Outcome&)>& ended) {
    const routing::Outcome outcome = answer();
    calls.push_back({world_.now(), world_.now() + outcome.latency_ms, outcome});
    world_.after(outcome.latency_ms, [ended, outcome] { ended(outcome); });
  }

  model::Provider settings;
  std::shared_ptr<Quota> quota;
  std::vector<Call> calls;

 private:
  routing::Outcome answer() {
    constexpr int64_t kTimeoutMs = 5'000;
    constexpr int64_t kRefusalMs = 20;
    if (quota != nullptr) {
      const UnixMillis window = world_.now() / quota->window_ms;
      if (std::exchange(quota->window, window) != window) quota->used = 0;
      if (++quota->used > quota->limit) {
        const int64_t rest = quota->window_ms - world_.now() % quota->window_ms;
        return {routing::OutcomeKind::RateLimited, kRefusalMs, rest};
      }
    }
    const Mood mood = mood_(world_.now());
    if (world_.unit() < mood.faults) return {routing::OutcomeKind::Timeout, kTimeoutMs};
    return {routing::OutcomeKind::Success, world_.logNormal(mood.median_ms, mood.spread)};
  }

  World& world_;
  const std::function<Mood(UnixMillis)> mood_;
};

}  // namespace penstock::simulation
