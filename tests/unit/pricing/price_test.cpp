#include "pricing/price.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "base/text.h"
#include "pricing/buckets.h"
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

// "input=1000 cache_read=20", by the names of the buckets; hours are given in milliseconds.
model::Usage usageOf(const std::string& words) {
  model::Usage usage;
  if (words == "-") return usage;
  split(words, ' ', [&usage](std::string_view word) {
    std::string name(word.substr(0, word.find('=')));
    if (name == "audio_ms") name = "audio_hour";
    const auto* bucket = std::ranges::find(kBuckets, name, &Bucket::name);
    REQUIRE(bucket != kBuckets.end());
    usage.*bucket->count = std::stoll(std::string(word.substr(word.find('=') + 1)));
  });
  return usage;
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
      REQUIRE(f.size() == 8);
      const Price* price = catalogue.find(f[0], f[1], timeOf(f[2]));
      REQUIRE(price != nullptr);
      const Multiplier multiplier = catalogue.multipliers().of(f[0], f[1], f[3]);
      const Cost cost = costOf(*price, usageOf(f[4]), multiplier);
      CHECK(cost.input.nanos == std::stoll(f[5]));
      CHECK(cost.total.nanos == std::stoll(f[6]));
      CHECK(cost.input + cost.output == cost.total);
      ++invoices;
    }
    CHECK(invoices >= 100);
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

  TEST_CASE("multipliers are exact, stay reduced and stay in their bounds") {
    CHECK(Multiplier{5, 3} * Multiplier{3, 5} == Multiplier{});
    CHECK(Multiplier{6, 1} * Multiplier{11, 10} == Multiplier{33, 5});
    CHECK(Multiplier{5, 3}.permille() == 1667);
    CHECK(Multiplier{1, 2}.permille() == 500);
    CHECK(Multiplier{1000, 1} * Multiplier{1000, 1} == Multiplier{1000, 1});
    CHECK(Multiplier{1, 1000} * Multiplier{1, 1000} == Multiplier{1, 1000});
    const Multiplier odd = Multiplier{99'991, 99'989} * Multiplier{99'971, 99'961};
    CHECK(odd == Multiplier{1001, 1000});  // rounded up from 1.0001
  }

  TEST_CASE("prices are whole picodollars, and next to nothing is not nothing") {
    constexpr double kMillion = 1e6;
    constexpr double kEach = 1e12;
    CHECK(picodollarsOf(0, kMillion) == 0);
    CHECK(picodollarsOf(-0.0, kMillion) == 0);
    CHECK(picodollarsOf(1e-6, kMillion) == 1);
    CHECK(picodollarsOf(0.15, kMillion) == 150'000);
    CHECK(picodollarsOf(0.1 + 0.2, kMillion) == 300'000);
    CHECK(picodollarsOf(1.5e-7, kEach) == 150'000);
    CHECK(picodollarsOf(1000, kEach) == 1'000'000'000'000'000);
    for (const double dollars : {1e-9, 1e-10, 4.9e-7, 5e-7, 1.0005e-6, 2.5e-6, 1e-300, 5e-324}) {
      INFO(dollars);
      CHECK_FALSE(picodollarsOf(dollars, kMillion));
    }
    CHECK_FALSE(picodollarsOf(1e-15, kEach));
    CHECK_FALSE(picodollarsOf(-1e-9, kMillion));
    CHECK_FALSE(picodollarsOf(1001, kEach));
    CHECK_FALSE(picodollarsOf(std::numeric_limits<double>::quiet_NaN(), kMillion));
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
