#include "telemetry/delivery.h"

#include <doctest/doctest.h>

#include "support/manual_clock.h"

using namespace penstock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using telemetry::Backoff;

TEST_SUITE("telemetry/delivery") {
  TEST_CASE("pauses double up to the longest, each shortened at random by at most half") {
    const test::ManualClock clock;
    constexpr telemetry::RetryLimits kLimits{seconds(1), seconds(8), seconds(3600)};
    bool jittered = false;
    for (int run = 0; run < 50; ++run) {
      Backoff backoff(kLimits, clock.steady());
      for (const int64_t full : {1000, 2000, 4000, 8000, 8000}) {
        const auto pause = backoff.next({}, clock.steady());
        REQUIRE(pause);
        CHECK(pause->count() >= full / 2);
        CHECK(pause->count() <= full);
        jittered = jittered || pause->count() != full;
      }
    }
    CHECK(jittered);
  }

  TEST_CASE("what the collector asks for is obeyed exactly, also beyond the longest pause") {
    const test::ManualClock clock;
    Backoff backoff({}, clock.steady());
    CHECK(backoff.next(seconds(45), clock.steady()) == seconds(45));
    CHECK(backoff.next(milliseconds(0), clock.steady()) == milliseconds(0));
  }

  TEST_CASE("a batch is given up when its next try would come too late") {
    test::ManualClock clock;
    Backoff backoff({}, clock.steady());
    CHECK_FALSE(backoff.next(milliseconds(60'001), clock.steady()));
    CHECK(backoff.next(milliseconds(60'000), clock.steady()));
    clock.advance(seconds(58));
    CHECK(backoff.next(seconds(2), clock.steady()));
    CHECK_FALSE(backoff.next(milliseconds(2'001), clock.steady()));
    clock.advance(seconds(3));
    CHECK_FALSE(backoff.next({}, clock.steady()));
  }
}
