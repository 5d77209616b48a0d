#include "routing/retry_budget.h"

#include <atomic>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock::routing;

namespace {

int retriesUntilRefused(RetryBudget& budget, int64_t now) {
  int retries = 0;
  while (budget.tryRetry(now)) ++retries;
  return retries;
}

}  // namespace

TEST_SUITE("routing/retry_budget") {
  TEST_CASE("a fifth of the last ten seconds' requests may be retried") {
    RetryBudget budget;
    for (int second = 0; second < 10; ++second) {
      for (int i = 0; i < 100; ++i) budget.countRequest(1'000'000 + second * 1000 + i);
    }
    CHECK(retriesUntilRefused(budget, 1'009'500) == 200);
    CHECK_FALSE(budget.tryRetry(1'009'999));
    // The first second is forgotten, with its hundred requests: the retries are not yet.
    CHECK_FALSE(budget.tryRetry(1'010'000));
    CHECK(retriesUntilRefused(budget, 1'019'500) == 30);
  }

  TEST_CASE("three a second may be, however few requests there are") {
    RetryBudget budget;
    CHECK(retriesUntilRefused(budget, 5'000) == 30);
    CHECK_FALSE(budget.tryRetry(14'999));
    CHECK(retriesUntilRefused(budget, 15'000) == 30);
  }

  TEST_CASE("a clock that is set back starts afresh") {
    RetryBudget budget;
    CHECK(retriesUntilRefused(budget, 1'000'000) == 30);
    CHECK(retriesUntilRefused(budget, 900'000) == 30);
  }

  TEST_CASE("many threads get no more than one would") {
    RetryBudget budget;
    std::atomic<int> retries{0};
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
          for (int i = 0; i < 5'000; ++i) {
            budget.countRequest(1'000'000 + i % 3'000);
            if (budget.tryRetry(1'000'000 + i % 3'000)) ++retries;
          }
        });
      }
    }
    // Every fifth, of whatever was counted by then.
    CHECK(retries <= 4'000);
    CHECK(retries + retriesUntilRefused(budget, 1'002'999) == 4'000);
  }
}
