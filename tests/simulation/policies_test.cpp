// What the policies promise over time, by the decision code as it is, among providers as they might
// be. Nothing here sleeps.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "routing/affinity.h"
#include "simulation/decider.h"

using namespace penstock;
using namespace penstock::simulation;
using routing::Readiness;

namespace {

// Sessions that send turn after turn, and credentials whose providers keep prompts for five minutes
// after they were last used.
class Sessions {
 public:
  static constexpr int64_t kCacheKept = 5 * kMinute;
  static constexpr uint64_t kCount = 2'000;

  Sessions(Fleet& fleet, const std::vector<size_t>& live) : fleet_(fleet) { use(live); }

  // The credentials from now on.
  void use(const std::vector<size_t>& live) {
    decider_.emplace(
        fleet_, config::SinglePolicy{oneTargetAt(fleet_, live, config::Balance::Affinity), {}});
  }

  // One turn of one of them: whether it met the cache of its session.
  bool turn() {
    World& world = fleet_.world;
    const std::string session = "session-" + std::to_string(world.bits() % kCount);
    Traits request;
    request.affinity_key = routing::affinityKey({"proj_1", session, ""});
    bool hit = false;
    const std::vector<size_t> order = decider_->order(request);
    const size_t home = order.front();
    fleet_.caller.send(order, [](const Request&) {});
    const auto cached = caches_[home].find(session);
    hit = cached != caches_[home].end() && world.now() - cached->second < kCacheKept;
    caches_[home][session] = world.now();
    return hit;
  }

 private:
  Fleet& fleet_;
  std::optional<Decider> decider_;
  std::map<size_t, std::map<std::string, UnixMillis>> caches_;
};

}  // namespace

TEST_SUITE("simulation/policies") {
  TEST_CASE("latency_optimized is within a tenth of the best target's median while it explores") {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      Fleet fleet(seed);
      World& world = fleet.world;
      const UnixMillis slower = world.now() + 10 * kMinute;
      const UnixMillis end = slower + 10 * kMinute;
      fleet.add(400);
      fleet.add([&](UnixMillis now) { return Provider::Mood{now < slower ? 200.0 : 900.0}; });
      fleet.add(260);
      fleet.add(700);
      Decider decider(fleet, config::LatencyOptimized{targetsOf(fleet)});
      std::vector<int64_t> before, after;
      std::array<int64_t, 4> calls{};
      world.arrivals(50, end, [&] {
        fleet.caller.send(decider.order({}), [&](const Request& request) {
          ++calls[request.attempts.front()];
          (request.began_at < slower ? before : after)
              .push_back(request.ended_at - request.began_at);
        });
      });
      world.run();
      MESSAGE("seed " << seed << ": " << medianOf(before) << " ms with the best at 200, then "
                      << medianOf(after) << " ms with the best at 260; calls " << calls[0] << " "
                      << calls[1] << " " << calls[2] << " " << calls[3]);
      CHECK(medianOf(before) <= 220);
      CHECK(medianOf(after) <= 286);
      for (const int64_t explored : calls) CHECK(explored >= 20);
    }
  }

  TEST_CASE("cost_optimized never takes a dearer target than the cheapest that is well and fits") {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      Fleet fleet(seed);
      World& world = fleet.world;
      const UnixMillis start = world.now();
      const auto faultsIn = [start](int64_t from, int64_t to) {
        return [=](UnixMillis now) {
          const int64_t minute = (now - start) / kMinute;
          return Provider::Mood{300, 0.3, minute >= from && minute < to ? 1.0 : 0.01};
        };
      };
      fleet.add(faultsIn(-1, -1));
      fleet.add(faultsIn(3, 6));
      fleet.add(faultsIn(5, 8));
      fleet.add(faultsIn(-1, -1));
      constexpr std::array<int64_t, 4> kRates = {5'000'000, 1'000'000, 2'000'000, 500'000};
      constexpr size_t kSmall = 3;  // the cheapest, but for short prompts only
      constexpr int64_t kSmallContext = 8'000;
      Decider decider(fleet, config::CostOptimized{targetsOf(fleet)});
      for (size_t i = 0; i < kRates.size(); ++i) {
        decider.environment.price(fleet.providers[i].settings.id, kRates[i],
                                  i == kSmall ? std::optional(kSmallContext) : std::nullopt);
      }
      int64_t dearer = 0;
      int64_t too_long = 0;
      std::array<int64_t, 4> first{};
      world.arrivals(50, start + 12 * kMinute, [&] {
        Traits request;
        request.prompt_tokens = world.unit() < 0.5 ? 1'000 : 20'000;
        const bool fits_small = request.prompt_tokens < kSmallContext;
        int64_t cheapest = kRates[0];
        for (size_t i = 0; i < kRates.size(); ++i) {
          const Readiness readiness = fleet.targets[i].health->view(world.now()).readiness;
          const bool well = readiness == Readiness::Ready || readiness == Readiness::Probe;
          if (well && (i != kSmall || fits_small)) cheapest = std::min(cheapest, kRates[i]);
        }
        const std::vector<size_t> order = decider.order(request);
        dearer += kRates[order.front()] > cheapest;
        too_long += !fits_small && std::count(order.begin(), order.end(), kSmall) > 0;
        ++first[order.front()];
        fleet.caller.send(order, [](const Request&) {});
      });
      world.run();
      MESSAGE("seed " << seed << ": first choices " << first[0] << " " << first[1] << " "
                      << first[2] << " " << first[3]);
      CHECK(dearer == 0);
      CHECK(too_long == 0);
      // Each was the cheapest for some.
      for (const int64_t chosen : first) CHECK(chosen > 0);
    }
  }

  TEST_CASE("prompt caches keep being met while a credential comes or goes") {
    const std::vector<size_t> four{0, 1, 2, 3};
    const std::vector<size_t> five{0, 1, 2, 3, 4};
    for (const auto& [from, to] : {std::pair(four, five), std::pair(five, four)}) {
      Fleet fleet(11);
      World& world = fleet.world;
      for (int i = 0; i < 5; ++i) fleet.add(500);
      Sessions sessions(fleet, from);
      const UnixMillis changed = world.now() + 10 * kMinute;
      int64_t turns = 0;
      int64_t hits = 0;
      world.at(changed, [&, live = to] { sessions.use(live); });
      world.arrivals(100, changed + 10 * kMinute, [&] {
        const bool hit = sessions.turn();
        if (world.now() < changed) return;
        ++turns;
        hits += hit;
      });
      world.run();
      const double ratio = static_cast<double>(hits) / static_cast<double>(turns);
      MESSAGE(from.size() << " to " << to.size() << ": " << hits << " of " << turns << " turns, "
                          << ratio);
      CHECK(ratio >= 0.95);
      // Nobody serves more than half as much again as its share.
      for (const size_t i : to) {
        const auto& calls = fleet.providers[i].calls;
        const auto served = std::count_if(calls.begin(), calls.end(),
                                          [&](const auto& call) { return call.at >= changed; });
        CHECK(static_cast<double>(served) <
              1.5 * static_cast<double>(turns) / static_cast<double>(to.size()));
      }
    }
  }
}
