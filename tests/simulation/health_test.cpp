// Providers as they might be, and around them what knows how they stand: what must be true over
// time, not call by call. Nothing here sleeps.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "simulation/fleet.h"

using namespace penstock;
using namespace penstock::simulation;
using routing::OutcomeKind;

TEST_SUITE("simulation/health") {
  TEST_CASE("a provider that is down is left alone, and asked again when it has recovered") {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      Fleet fleet(seed);
      World& world = fleet.world;
      const UnixMillis start = world.now();
      const UnixMillis down = start + kMinute;
      const UnixMillis up = down + 3 * kMinute;
      const UnixMillis end = up + 6 * kMinute;
      const auto& first = fleet.add([&](UnixMillis now) {
        return Provider::Mood{200, 0.3, now >= down && now < up ? 1.0 : 0.0};
      });
      fleet.add(400);
      int requests = 0;
      int failed = 0;
      std::vector<int64_t> late_latencies;  // while it is down, once that is known
      world.arrivals(50, end, [&] {
        ++requests;
        fleet.caller.send(fleet.inOrder(), [&](const Request& request) {
          failed += request.succeeded ? 0 : 1;
          if (request.began_at > down + 10 * kSecond && request.began_at < up) {
            late_latencies.push_back(request.ended_at - request.began_at);
          }
        });
      });
      world.run();

      CHECK(failed == 0);
      const auto callsIn = [&](UnixMillis from, UnixMillis to) {
        return std::count_if(first.calls.begin(), first.calls.end(),
                             [&](const auto& call) { return call.at >= from && call.at < to; });
      };
      // A timeout takes five seconds: until then nobody knows. After that, probes only.
      CHECK(callsIn(down + 6 * kSecond, up) <= 5);
      CHECK(medianOf(late_latencies) < 500);
      // Three failed probes wait 30, 60 and 120 s and their timeouts: the next succeeds.
      CHECK(callsIn(up, up + 130 * kSecond) > 0);
      CHECK(callsIn(up + 130 * kSecond, end) > 45 * (end - up - 130 * kSecond) / kSecond);
      MESSAGE("seed " << seed << ": " << requests << " requests, "
                      << callsIn(down + 6 * kSecond, up) << " calls to the one that is down");
    }
  }

  TEST_CASE("an outage is not made worse: attempts stay within 1.2 of the requests") {
    for (const double per_second : {20.0, 100.0, 400.0}) {
      Fleet fleet(7);
      World& world = fleet.world;
      const UnixMillis down = world.now() + kMinute;
      const UnixMillis up = down + 5 * kMinute;
      fleet.add([&](UnixMillis now) {
        return Provider::Mood{200, 0.3, now >= down && now < up ? 1.0 : 0.0};
      });
      int64_t requests = 0;
      int64_t attempts = 0;
      int64_t failed_after = 0;
      world.arrivals(per_second, up + 3 * kMinute, [&] {
        fleet.caller.send({0}, [&](const Request& request) {
          // From where the budget begins to count.
          if (request.began_at >= down - 10 * kSecond && request.began_at < up) {
            ++requests;
            attempts += static_cast<int64_t>(request.attempts.size());
          }
          if (request.began_at >= up + 30 * kSecond && !request.succeeded) ++failed_after;
        });
      });
      world.run();
      const double amplification = static_cast<double>(attempts) / static_cast<double>(requests);
      MESSAGE(per_second << " requests/s: " << attempts << " attempts for " << requests);
      CHECK(amplification <= 1.2);
      CHECK(amplification > 1.1);  // the budget is used
      CHECK(failed_after == 0);
      CHECK_FALSE(fleet.targets[0].health->breakerOpen());
    }
  }

  TEST_CASE("a quota group that was told when to come back is not called before") {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      Fleet fleet(seed);
      World& world = fleet.world;
      const auto quota = std::make_shared<Provider::Quota>();
      quota->limit = 300;
      quota->window_ms = 10 * kSecond;
      const auto steady = [](UnixMillis) { return Provider::Mood{}; };
      for (int i = 0; i < 2; ++i) fleet.add(steady, "org").quota = quota;
      fleet.add(900);
      int failed = 0;
      world.arrivals(60, world.now() + 5 * kMinute, [&] {
        std::vector<size_t> order = fleet.inOrder();
        if (world.unit() < 0.5) std::swap(order[0], order[1]);
        fleet.caller.send(order, [&](const Request& request) { failed += !request.succeeded; });
      });
      world.run();

      // When a 429 was heard, and until when it holds.
      std::vector<std::pair<UnixMillis, UnixMillis>> told;
      std::vector<UnixMillis> calls;
      int64_t served = 0;
      for (size_t i = 0; i < 2; ++i) {
        for (const auto& call : fleet.providers[i].calls) {
          calls.push_back(call.at);
          served += call.outcome.kind == OutcomeKind::Success;
          if (call.outcome.kind != OutcomeKind::RateLimited) continue;
          told.emplace_back(call.answered_at, call.answered_at + *call.outcome.retry_after_ms);
        }
      }
      std::sort(calls.begin(), calls.end());
      int64_t too_early = 0;
      for (const auto& [from, until] : told) {
        // At `from` itself it is being heard.
        const auto first = std::upper_bound(calls.begin(), calls.end(), from);
        too_early += std::lower_bound(first, calls.end(), until) - first;
      }
      MESSAGE("seed " << seed << ": " << told.size() << " refusals, " << served << " served");
      CHECK(told.size() >= 29);  // each window but the first
      CHECK(told.size() < 100);  // those that were under way together
      CHECK(too_early == 0);
      CHECK(served >= 29 * 300);  // the quota is used
      CHECK(failed == 0);
    }
  }
}
