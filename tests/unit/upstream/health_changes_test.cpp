#include "upstream/health_changes.h"

#include <doctest/doctest.h>

using namespace penstock;
using routing::HealthState;
using upstream::HealthChanges;

namespace {

using Change = HealthChanges::Change;
constexpr auto kUnknown = HealthState::Unknown;
constexpr auto kHealthy = HealthState::Healthy;
constexpr auto kDegraded = HealthState::Degraded;
constexpr auto kUnhealthy = HealthState::Unhealthy;

}  // namespace

TEST_SUITE("upstream/health_changes") {
  TEST_CASE("a change is told when it held for two looks") {
    HealthChanges changes;
    CHECK_FALSE(changes.see("p", kHealthy));
    CHECK_FALSE(changes.see("p", kHealthy));
    CHECK_FALSE(changes.see("p", kUnhealthy));
    CHECK_FALSE(changes.see("p", kHealthy));  // it was a blink
    CHECK_FALSE(changes.see("p", kUnhealthy));
    CHECK(changes.see("p", kUnhealthy) == Change{kHealthy, kUnhealthy});
  }

  TEST_CASE("it is given until it was told, and then no more") {
    HealthChanges changes;
    changes.see("p", kDegraded);
    CHECK(changes.see("p", kDegraded) == Change{kUnknown, kDegraded});
    CHECK(changes.see("p", kDegraded) == Change{kUnknown, kDegraded});
    changes.told("p", {kUnknown, kDegraded});
    CHECK_FALSE(changes.see("p", kDegraded));
    changes.see("p", kHealthy);
    CHECK(changes.see("p", kHealthy) == Change{kDegraded, kHealthy});
  }

  TEST_CASE("a first good word is no news, and going quiet is none") {
    HealthChanges changes;
    for (int i = 0; i < 5; ++i) CHECK_FALSE(changes.see("p", kUnknown));
    for (int i = 0; i < 5; ++i) CHECK_FALSE(changes.see("p", kHealthy));
    for (int i = 0; i < 5; ++i) CHECK_FALSE(changes.see("p", kUnknown));
    for (int i = 0; i < 5; ++i) CHECK_FALSE(changes.see("p", kHealthy));
    CHECK_FALSE(changes.see("p", kUnhealthy));
    CHECK(changes.see("p", kUnhealthy) == Change{kHealthy, kUnhealthy});
  }

  TEST_CASE("providers are kept apart, and forgotten with their deletion") {
    HealthChanges changes;
    changes.see("p", kUnhealthy);
    CHECK_FALSE(changes.see("q", kUnhealthy));
    CHECK(changes.see("p", kUnhealthy));
    changes.keepOnly([](const std::string& id) { return id == "q"; });
    CHECK_FALSE(changes.see("p", kUnhealthy));
    CHECK(changes.see("q", kUnhealthy));
    changes.told("gone", {kHealthy, kUnhealthy});
    CHECK_FALSE(changes.see("gone", kHealthy));
  }
}
