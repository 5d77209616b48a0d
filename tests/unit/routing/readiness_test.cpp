#include "routing/readiness.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock::routing;

TEST_SUITE("routing/readiness") {
  TEST_CASE("of two verdicts the worse counts, and of equals the one that lasts") {
    const Standing ready;
    const Standing probe{Readiness::Probe, 0, "probe"};
    const Standing soon{Readiness::Last, 10, "soon"};
    const Standing later{Readiness::Last, 20, "later"};
    const Standing blocked{Readiness::Blocked, 5, "blocked"};
    CHECK(worse(ready, probe).reason == std::string("probe"));
    CHECK(worse(later, probe).reason == std::string("later"));
    CHECK(worse(soon, later).reason == std::string("later"));
    CHECK(worse(later, soon).reason == std::string("later"));
    CHECK(worse(later, blocked).until == 5);
  }

  TEST_CASE("readiness has names for people") {
    CHECK(readinessName(Readiness::Ready) == "ready");
    CHECK(readinessName(Readiness::Probe) == "probe");
    CHECK(readinessName(Readiness::Last) == "last");
    CHECK(readinessName(Readiness::Blocked) == "blocked");
  }
}
