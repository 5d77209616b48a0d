#include "budget/rate_limit.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace penstock;
using namespace std::chrono_literals;

TEST_SUITE("budget/rate_limit") {
  TEST_CASE("a minute's allowance may be taken at once and comes back evenly") {
    budget::RateBucket bucket;
    const SteadyTime start{1h};
    for (int i = 0; i < 60; ++i) {
      const auto decision = bucket.take(60, start);
      CHECK(decision.allowed);
      CHECK(decision.remaining == 59 - i);
    }
    const auto refused = bucket.take(60, start);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after_ms == 1000);
    CHECK_FALSE(bucket.take(60, start + 999ms).allowed);
    CHECK(bucket.take(60, start + 1000ms).allowed);
    CHECK_FALSE(bucket.take(60, start + 1001ms).allowed);
  }

  TEST_CASE("refusals consume nothing") {
    budget::RateBucket bucket;
    const SteadyTime start{1h};
    CHECK(bucket.take(1, start).allowed);
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(bucket.take(1, start + 30s).allowed);
    CHECK(bucket.take(1, start + 60s).allowed);
  }

  TEST_CASE("threads together never take more than the limit") {
    budget::RateBucket bucket;
    std::atomic<int> allowed{0};
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
          for (int i = 0; i < 1000; ++i)
            allowed += bucket.take(500, SteadyTime{1h}).allowed ? 1 : 0;
        });
      }
    }
    CHECK(allowed == 500);
  }

  TEST_CASE("a bucket is shared by all who ask for its key") {
    budget::RateLimiter limiter;
    CHECK(limiter.bucket("a", SteadyTime{1h}) == limiter.bucket("a", SteadyTime{1h}));
  }

  TEST_CASE("buckets of keys that nobody uses any more are dropped, used and held ones are not") {
    budget::RateLimiter limiter;
    const SteadyTime start{1h};
    const auto held = limiter.bucket("held", start);
    limiter.bucket("drained", start)->take(1, start);
    for (int i = 0; i < 5000; ++i) limiter.bucket("k" + std::to_string(i), start + 1s);
    CHECK(limiter.size() <= 2 * 1024 + 2);
    CHECK(limiter.bucket("held", start + 1s) == held);
    CHECK_FALSE(limiter.bucket("drained", start + 1s)->take(1, start + 1s).allowed);
  }
}
