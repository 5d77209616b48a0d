#include "pricing/price.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "base/text.h"
#include "pricing/catalogue.h"

using namespace penstock;
using namespace penstock::pricing;

namespace {

UnixMillis timeOf(const std::string& iso) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0;
  REQUIRE(std::sscanf(iso.c_str(), "%d-%u-%uT%u:%u", &year, &month, &day, &hour, &minute) == 5);
  const std::chrono::sys_days date{std::chrono::year{year} / std::chrono::month{month} /
                                   std::chrono::day{day}};
  return std::chrono::milliseconds(date.time_since_epoch()).count() +
         (hour * 60 + minute) * int64_t{60'000};
}

}  // namespace

TEST_SUITE("pricing/price") {
  TEST_CASE("invoices worked out by hand") {
    const auto path =
        std::filesystem::path(__FILE__).parent_path() / "../../golden/prices/invoices.tsv";
    std::ifstream file(path);
    REQUIRE(file);
    const auto catalogue = PriceCatalogue::builtIn();
    int invoices = 0;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with('#')) continue;
      INFO(line);
      std::vector<std::string> f;
      split(line, '\t', [&f](std::string_view field) { f.emplace_back(field); });
      REQUIRE(f.size() == 14);
      model::Usage usage;
      usage.input_uncached = std::stoll(f[3]);
      usage.input_cache_read = std::stoll(f[4]);
      usage.input_cache_write = std::stoll(f[5]);
      usage.input_cache_write_1h = std::stoll(f[6]);
      usage.input_audio = std::stoll(f[7]);
      usage.output_text = std::stoll(f[8]);
      usage.output_reasoning = std::stoll(f[9]);
      usage.output_audio = std::stoll(f[10]);
      const Price* price = catalogue.find(f[0], f[1], timeOf(f[2]));
      REQUIRE(price != nullptr);
      const Cost cost = costOf(*price, usage);
      CHECK(cost.input.nanos == std::stoll(f[11]));
      CHECK(cost.total.nanos == std::stoll(f[12]));
      CHECK(cost.input + cost.output == cost.total);
      ++invoices;
    }
    CHECK(invoices >= 25);
  }

  TEST_CASE("the total is rounded once, up, and input never passes it") {
    Price price;
    price.base = {.input = 1,
                  .cache_read = 1,
                  .cache_write = 1,
                  .cache_write_1h = 1,
                  .input_audio = 1,
                  .output = 1,
                  .output_reasoning = 1,
                  .output_audio = 1};
    const model::Usage eight{1, 1, 1, 1, 1, 1, 1, 1};
    CHECK(costOf(price, eight) == Cost{{0}, {1}, {1}});
    CHECK(costOf(price, {}) == Cost{});
    model::Usage usage;
    usage.input_uncached = 1999;
    CHECK(costOf(price, usage) == Cost{{2}, {0}, {2}});
    usage.output_text = 1;
    CHECK(costOf(price, usage) == Cost{{1}, {1}, {2}});
  }

  TEST_CASE("the highest tier that is passed holds for every bucket") {
    Price price;
    price.base.input = 1000;
    price.base.output = 10'000;
    price.tiers = {{100, {.input = 2000, .output = 20'000}},
                   {200, {.input = 3000, .output = 30'000}}};
    const auto total = [&price](int64_t input) {
      model::Usage usage;
      usage.input_uncached = input;
      usage.output_text = 1;
      return costOf(price, usage).total.nanos;
    };
    CHECK(total(100) == 100 + 10);
    CHECK(total(101) == 202 + 20);
    CHECK(total(200) == 400 + 20);
    CHECK(total(201) == 603 + 30);
  }

  TEST_CASE("prices are shown exactly") {
    CHECK(usdPerMillionTokens(0) == "0");
    CHECK(usdPerMillionTokens(37'500) == "0.0375");
    CHECK(usdPerMillionTokens(150'000) == "0.15");
    CHECK(usdPerMillionTokens(10'000'000) == "10");
    CHECK(usdPerMillionTokens(2'500'001) == "2.500001");
    CHECK(usdPerMillionTokens(1) == "0.000001");
    CHECK(usdEach(5'000'000'000) == "0.005");
    CHECK(usdEach(1) == "0.000000000001");
    CHECK(usdEach(2'000'000'000'000) == "2");
  }

  TEST_CASE("absurd counts neither overflow nor pay back") {
    Price price;
    price.base.input = std::numeric_limits<int64_t>::max();
    price.base.output = 5;
    model::Usage usage;
    usage.input_uncached = 1'000'000'000'000;
    CHECK(costOf(price, usage).total.nanos == std::numeric_limits<int64_t>::max());
    usage.input_uncached = -7;
    usage.output_text = 1000;
    CHECK(costOf(price, usage) == Cost{{0}, {5}, {5}});
  }
}
