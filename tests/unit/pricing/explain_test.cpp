#include "pricing/explain.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::pricing;

TEST_SUITE("pricing/explain") {
  TEST_CASE("every bucket that was used is a line, and the lines come to the total") {
    const auto charge = parseCharge("i1250000 r125000 o10000000 x10000000000 q5000 *5/3");
    REQUIRE(charge);
    model::Usage usage;
    usage.input_uncached = 1000;
    usage.input_cache_read = 1;
    usage.output_text = 100;
    usage.web_searches = 2;
    const Explanation all = explain(*charge, usage);
    REQUIRE(all.lines.size() == 5);
    CHECK(all.lines[0].kind == "input");
    CHECK(all.lines[0].rate == "1.25");
    CHECK(all.lines[0].per == "million_tokens");
    CHECK(all.lines[0].amount == "0.00125");
    CHECK(all.lines[0].multiplied);
    CHECK(all.lines[1].amount == "0.000000125");
    CHECK(all.lines[2].kind == "output");
    CHECK(all.lines[3].unit == "search");
    CHECK(all.lines[3].amount == "0.02");
    CHECK_FALSE(all.lines[3].multiplied);
    CHECK(all.lines[4].kind == "request");
    // (1250000000 + 125000 + 1000000000) * 5/3 + 20000000000 + 5000 picodollars
    CHECK(all.sum == "0.023750213333");
    CHECK(all.total == costOf({charge->rates, {}, charge->request}, usage, {5, 3}).total);
    CHECK(all.total == Money{23'750'214});
    CHECK(all.rounding == "0.000000000667");
  }

  TEST_CASE("time is billed by the hour, nothing by nothing") {
    const auto charge = parseCharge("i0 s360000000000");
    REQUIRE(charge);
    model::Usage usage;
    usage.audio_ms = 60'000;
    const Explanation all = explain(*charge, usage);
    REQUIRE(all.lines.size() == 1);
    CHECK(all.lines[0].unit == "millisecond");
    CHECK(all.lines[0].per == "hour");
    CHECK(all.lines[0].rate == "0.36");
    CHECK(all.lines[0].amount == "0.006");
    CHECK(all.total == Money{6'000'000});
    CHECK(explain(*charge, {}).lines.empty());
    CHECK(explain(*charge, {}).sum == "0");
  }
}
