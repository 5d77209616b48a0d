#include "routing/latency_window.h"

#include <doctest/doctest.h>

using namespace penstock::routing;

TEST_SUITE("routing/latency_window") {
  TEST_CASE("percentiles are nearest ranks, and nothing is -1") {
    LatencyWindow window;
    CHECK(window.over(300'000, 1000) == Latency{0, -1, -1});
    window.record(70, 1000);
    CHECK(window.over(300'000, 1000) == Latency{1, 70, 70});
    for (int i = 1; i < 20; ++i) window.record(i, 1000);
    CHECK(window.over(300'000, 1000) == Latency{20, 10, 19});
  }

  TEST_CASE("each window sees its own samples") {
    LatencyWindow window;
    window.record(500, 1'000);
    window.record(100, 200'000);
    window.record(100, 200'000);
    CHECK(window.over(300'000, 210'000) == Latency{3, 100, 500});
    CHECK(window.over(60'000, 210'000) == Latency{2, 100, 100});
    CHECK(window.over(9'000, 210'000) == Latency{});
    CHECK(window.over(300'000, 301'000) == Latency{2, 100, 100});
    CHECK(window.over(900'000, 301'000) == Latency{2, 100, 100});  // five minutes at most
  }

  TEST_CASE("percentiles of many samples are a quarter of a second old at most") {
    LatencyWindow window;
    for (int i = 0; i < 100; ++i) window.record(10, 1000);
    CHECK(window.over(300'000, 1000).p50_ms == 10);
    for (int i = 0; i < 200; ++i) window.record(90, 1000);
    CHECK(window.over(300'000, 1249).p50_ms == 10);
    CHECK(window.over(300'000, 1250).p50_ms == 90);
  }

  TEST_CASE("more windows than are remembered are computed all the same") {
    LatencyWindow window;
    for (int i = 0; i < 10; ++i) window.record(i, 1000 + i * 1000);
    for (int round = 0; round < 2; ++round) {
      for (int i = 1; i <= 10; ++i) {
        CHECK(window.over(i * 1000, 10'000).samples == i);
      }
    }
  }

  TEST_CASE("the last 1,024 samples are kept") {
    LatencyWindow window;
    for (int i = 0; i < 1024; ++i) window.record(5, 1000);
    for (int i = 0; i < 700; ++i) window.record(50, 2000);
    CHECK(window.over(300'000, 3000) == Latency{1024, 50, 50});
  }
}
