#include "routing/health.h"

#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::routing;

namespace {

constexpr Outcome kGood{OutcomeKind::Success, 100};
constexpr Outcome kBad{OutcomeKind::ServerError, 5};

void record(ProviderHealth& health, int good, int bad, UnixMillis now) {
  for (int i = 0; i < good; ++i) health.record(kGood, now);
  for (int i = 0; i < bad; ++i) health.record(kBad, now);
}

}  // namespace

TEST_SUITE("routing/health") {
  TEST_CASE("with ten samples the share of failures is the state") {
    struct Case {
      int good, bad;
      HealthState state;
    };
    for (const Case& c : std::vector<Case>{{10, 0, HealthState::Healthy},
                                           {91, 9, HealthState::Healthy},
                                           {90, 10, HealthState::Degraded},
                                           {9, 1, HealthState::Degraded},
                                           {6, 5, HealthState::Degraded},
                                           {5, 5, HealthState::Unhealthy},
                                           {0, 10, HealthState::Unhealthy}}) {
      INFO(c.good << " good, " << c.bad << " bad");
      ProviderHealth health;
      record(health, c.good, c.bad, 1000);
      const HealthStatus status = health.status(1000);
      CHECK(status.state == c.state);
      CHECK(status.samples == c.good + c.bad);
      CHECK(status.success_rate == doctest::Approx(c.good / double(c.good + c.bad)));
    }
  }

  TEST_CASE("with fewer samples the last attempt or probe decides, while it is fresh") {
    ProviderHealth health;
    CHECK(health.status(1000) == HealthStatus{});
    record(health, 1, 8, 1000);
    CHECK(health.status(1000).state == HealthState::Unhealthy);
    CHECK(health.status(1000).last_error == "server_error");
    health.recordProbe("", 2000);
    CHECK(health.status(2000).state == HealthState::Healthy);
    CHECK(health.status(2000).samples == 9);  // a probe is no sample
    CHECK(health.status(2000).last_check_at == 2000);
    CHECK(health.status(2000).last_error == "server_error");  // still the last there was
    health.recordProbe("it refuses the credential", 3000);
    CHECK(health.status(3000).state == HealthState::Unhealthy);
    CHECK(health.status(3000).last_error == "it refuses the credential");
    CHECK(health.status(3000 + 14 * 60'000).state == HealthState::Unhealthy);
    CHECK(health.status(3000 + 15 * 60'000).state == HealthState::Unknown);
    CHECK(health.status(3000 + 15 * 60'000).last_check_at == 3000);
  }

  TEST_CASE("samples age out of the window, and only so many are kept") {
    ProviderHealth health;
    record(health, 0, 20, 1000);
    record(health, 10, 0, 30'000);
    CHECK(health.status(60'999).samples == 30);
    CHECK(health.status(60'999).state == HealthState::Unhealthy);
    CHECK(health.status(61'000).samples == 10);
    CHECK(health.status(61'000).state == HealthState::Healthy);
    CHECK(health.status(200'000).samples == 0);
    CHECK_FALSE(health.status(200'000).success_rate);
    CHECK_FALSE(health.status(200'000).p50_ms);
    record(health, 0, 300, 200'000);
    record(health, 200, 0, 200'000);
    CHECK(health.status(200'000).samples == 256);
    CHECK(health.status(200'000).success_rate == doctest::Approx(200 / 256.0));
  }

  TEST_CASE("percentiles are those of the successful") {
    ProviderHealth health;
    for (int i = 1; i <= 100; ++i) health.record({OutcomeKind::Success, 101 - i}, 1000);
    for (int i = 0; i < 50; ++i) health.record({OutcomeKind::Timeout, 60'000}, 1000);
    CHECK(health.status(1000).p50_ms == 50);
    CHECK(health.status(1000).p95_ms == 95);
    CHECK(health.status(1000).last_error == "timeout");
    ProviderHealth one;
    one.record({OutcomeKind::Success, 7}, 1000);
    CHECK(one.status(1000).p50_ms == 7);
    CHECK(one.status(1000).p95_ms == 7);
  }

  TEST_CASE("the board keeps providers apart and knows nothing of strangers") {
    HealthBoard board;
    board.record("prov_1", kBad, 1000);
    board.recordProbe("prov_2", "", 1000);
    CHECK(board.status("prov_1", 1000).state == HealthState::Unhealthy);
    CHECK(board.status("prov_2", 1000).state == HealthState::Healthy);
    CHECK(board.status("prov_3", 1000) == HealthStatus{});
    CHECK(board.of("prov_1") == board.of("prov_1"));
  }

  TEST_CASE("a provider that lacks a model is well all the same") {
    ProviderHealth health;
    for (int i = 0; i < 20; ++i) health.record({OutcomeKind::ModelNotFound, 5}, 1000);
    CHECK(health.status(1000).state == HealthState::Healthy);
    CHECK(health.status(1000).success_rate == 1);
    CHECK_FALSE(health.status(1000).p50_ms);
  }

  TEST_CASE("the board lists the targets that were asked for, by provider and model") {
    HealthBoard board;
    model::Provider one;
    one.id = "prov_1";
    model::Provider two;
    two.id = "prov_2";
    const auto target = board.target(two, "n");
    board.target(two, "m");
    board.target(one, "n");
    CHECK(board.target(two, "n") == target);
    std::string names;
    for (const auto& known : board.targets()) names += known.provider_id + "/" + known.model + " ";
    CHECK(names == "prov_1/n prov_2/m prov_2/n ");
    CHECK(board.targets("prov_2").size() == 2);
    CHECK(board.targets("prov_2")[1].health == target);
    CHECK(board.targets("prov_3").empty());
  }

  TEST_CASE("names that callers think of do not fill the board") {
    HealthBoard board({.max_targets = 10});
    model::Provider provider;
    provider.id = "prov_1";
    const auto kept = board.target(provider, "kept");
    for (int i = 0; i < 1000; ++i) board.target(provider, "model-" + std::to_string(i));
    CHECK(board.targets().size() <= 10);
    CHECK(board.target(provider, "kept") == kept);
  }

  TEST_CASE("many threads record and read at once") {
    HealthBoard board;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&board, t] {
          const std::string id = "prov_" + std::to_string(t % 2);
          for (int i = 0; i < 2000; ++i) {
            board.record(id, i % 4 == 0 ? kBad : kGood, 1000);
            if (i % 100 == 0) (void)board.status(id, 1000);
          }
        });
      }
    }
    CHECK(board.status("prov_0", 1000).samples == 256);
    CHECK(board.status("prov_1", 1000).state == HealthState::Degraded);
  }
}
