#include "base/clock.h"

#include <doctest/doctest.h>

#include <string>

using penstock::iso8601;

TEST_SUITE("base/clock") {
  TEST_CASE("times are written to the millisecond, and shorter where it is zero") {
    CHECK(iso8601(0) == "1970-01-01T00:00:00Z");
    CHECK(iso8601(1'777'593'600'000) == "2026-05-01T00:00:00Z");
    CHECK(iso8601(1'777'593'599'999) == "2026-04-30T23:59:59.999Z");
    CHECK(iso8601(951'782'400'007) == "2000-02-29T00:00:00.007Z");
    CHECK(iso8601(4'107'542'399'120) == "2100-02-28T23:59:59.120Z");
    CHECK(iso8601(-1) == "1969-12-31T23:59:59.999Z");
    CHECK(iso8601(-62'135'596'800'000) == "0001-01-01T00:00:00Z");
  }
}
