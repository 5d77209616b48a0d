#include "pricing/catalogue_text.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace penstock::pricing;

namespace {
Rates ratesOf(int64_t input, int64_t read, int64_t output) {
  Rates rates;
  rates.input = rates.cache_write = rates.cache_write_1h = input;
  rates.input_audio = rates.input_image = input;
  rates.cache_read = rates.cache_read_audio = rates.cache_read_image = read;
  rates.output = rates.output_reasoning = rates.output_audio = rates.output_image = output;
  return rates;
}
}  // namespace

TEST_SUITE("pricing/catalogue_text") {
  TEST_CASE("a table is read into providers, models and rows") {
    const auto table = parsePriceTable(
        "V\tv1\n# comment\nP\tacme\ta.example,b.example\tother\nM\tm\t=m|^m-\n"
        "R\t-\ti100>10:200 r5 o7>10:14>20:21 q9\nR\t2026-08-21\ti1\nR\t22:30~01:00\ti2\nR\t-\t\n");
    CHECK(table.version == "v1");
    REQUIRE(table.providers.size() == 1);
    const auto& acme = table.providers[0];
    CHECK(acme.hosts == std::vector<std::string_view>{"a.example", "b.example"});
    CHECK(acme.fallbacks == std::vector<std::string_view>{"other"});
    REQUIRE(acme.models.size() == 1);
    REQUIRE(acme.models[0].rows.size() == 3);
    const Price& price = acme.models[0].rows[0].price;
    CHECK(price.base == ratesOf(100, 5, 7));
    REQUIRE(price.tiers.size() == 2);
    CHECK(price.tiers[0] == Price::Tier{10, ratesOf(200, 5, 14)});
    CHECK(price.tiers[1] == Price::Tier{20, ratesOf(200, 5, 21)});
    CHECK(price.request == 9);
  }

  TEST_CASE("windows hold from a day on, or within hours that may pass midnight") {
    const auto table =
        parsePriceTable("P\tp\nM\tm\t=m\nR\t1970-01-02\ti1\nR\t22:30~01:00\ti1\nR\t-\ti1\n");
    const auto& rows = table.providers[0].models[0].rows;
    constexpr int64_t kHour = 3'600'000;
    CHECK(!rows[0].when.holdsAt(24 * kHour - 1));
    CHECK(rows[0].when.holdsAt(24 * kHour));
    CHECK(!rows[1].when.holdsAt(22 * kHour));
    CHECK(rows[1].when.holdsAt(23 * kHour));
    CHECK(rows[1].when.holdsAt(24 * kHour));
    CHECK(!rows[1].when.holdsAt(25 * kHour));
    CHECK(rows[1].when.holdsAt(-kHour));
    CHECK(rows[2].when.holdsAt(12345));
  }

  TEST_CASE("a malformed line is refused") {
    for (const char* text :
         {"X\ty", "M\tm\t=m", "P\tp\nR\t-\ti1", "P\tp\nM\tm\t=m\nR\t-\ti-1",
          "P\tp\nM\tm\t=m\nR\t-\tz1", "P\tp\nM\tm\t=m\nR\t2026-02-30\ti1", "P\tp\nM\tm\t=m\tmany",
          "P\tp\nM\tm\t=m\nR\tnoon\ti1", "P\tp\nM\tm\t=m\nR\t-\ti1>x:2"}) {
      INFO(std::string(text));
      CHECK_THROWS_AS(parsePriceTable(text), std::runtime_error);
    }
  }
}
