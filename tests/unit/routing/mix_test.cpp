#include "routing/mix.h"

#include <bit>
#include <cstdlib>

#include <doctest/doctest.h>

using namespace penstock::routing;

TEST_SUITE("routing/mix") {
  TEST_CASE("one bit of difference changes half of the bits") {
    int changed = 0;
    for (unsigned bit = 0; bit < 64; ++bit) {
      for (uint64_t number = 0; number < 100; ++number) {
        changed += std::popcount(mixBits(number) ^ mixBits(number ^ (1ULL << bit)));
      }
    }
    CHECK(std::abs(changed / 6400 - 32) <= 1);
  }

  TEST_CASE("the unit interval has no ends") {
    CHECK(unitInterval(0) > 0);
    CHECK(unitInterval(~0ULL) < 1);
    CHECK(unitInterval(1ULL << 63) == doctest::Approx(0.5));
  }
}
