#include "webhook/retry.h"

#include <vector>

#include <doctest/doctest.h>

using namespace penstock;
using webhook::nextAttempt;

TEST_SUITE("webhook/retry") {
  TEST_CASE("waits grow to four hours and end exactly at the time to give up") {
    constexpr UnixMillis kStart = 1'000'000, kGiveUp = kStart + 24 * 3'600'000;
    std::vector<UnixMillis> at;
    for (std::optional<UnixMillis> now = kStart; now;
         now = nextAttempt(static_cast<int64_t>(at.size()), *now, kGiveUp)) {
      at.push_back((*now - kStart) / 1000);
    }
    CHECK(at == std::vector<UnixMillis>{0, 10, 40, 160, 760, 2560, 6160, 20560, 34960, 49360, 63760,
                                        78160, 86400});
  }

  TEST_CASE("an attempt at or after the end is the last") {
    CHECK(nextAttempt(1, 99, 100) == 100);
    CHECK_FALSE(nextAttempt(1, 100, 100));
    CHECK_FALSE(nextAttempt(1, 5000, 100));
    CHECK(nextAttempt(1'000'000, 0, 100'000'000) == 4 * 3'600'000);
  }
}
