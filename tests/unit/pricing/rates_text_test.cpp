#include "pricing/rates_text.h"

#include <doctest/doctest.h>

#include <random>

#include "pricing/buckets.h"

using namespace penstock;
using namespace penstock::pricing;

TEST_SUITE("pricing/rates_text") {
  TEST_CASE("what is not named has its parent's rate, tier by tier") {
    const auto price = parseRates("i10>100:20 r1 a30 o40>200:80 x5000 q7");
    REQUIRE(price);
    CHECK(price->base.cache_read == 1);
    CHECK(price->base.cache_write == 10);
    CHECK(price->base.cache_write_1h == 10);
    CHECK(price->base.cache_read_audio == 30);  // no discount is assumed
    CHECK(price->base.cache_read_image == 1);   // images cost what text does
    CHECK(price->base.output_image == 40);
    CHECK(price->base.web_search == 5000);
    CHECK(price->base.image == 0);
    CHECK(price->request == 7);
    REQUIRE(price->tiers.size() == 2);
    CHECK(price->tiers[0].above == 100);
    CHECK(price->tiers[0].rates.cache_write == 20);
    CHECK(price->tiers[0].rates.output == 40);
    CHECK(price->tiers[1].rates.input == 20);
    CHECK(price->tiers[1].rates.output_reasoning == 80);
  }

  TEST_CASE("what is not of the form is refused") {
    for (const char* text :
         {"", "i", "z5", "i-1", "i1.5", "i5>", "i5>x:1", "i5>1", "i5  o5", "i5 ", " i5", "i5>1:2>",
          "i99999999999999999999", "q1>5:2", "i1>1:1>2:2>3:3>4:4>5:5>6:6>7:7>8:8>9:9"}) {
      INFO(std::string(text));
      CHECK_FALSE(parseRates(text));
    }
  }

  TEST_CASE("any price survives being written and read") {
    std::mt19937_64 random(7);  // NOLINT(cert-msc51-cpp): the same prices every time
    const auto below = [&random](int64_t end) { return static_cast<int64_t>(random() % end); };
    for (int round = 0; round < 2000; ++round) {
      Price price;
      const auto fill = [&](Rates& rates) {
        for (const Bucket& bucket : kBuckets) {
          rates.*bucket.rate = below(2) == 0 ? inheritedRate(rates, bucket) : below(5);
        }
      };
      fill(price.base);
      for (int64_t above = below(3); below(3) > 0 && price.tiers.size() < 8;
           above += 1 + below(9)) {
        fill(price.tiers.emplace_back(Price::Tier{above, {}}).rates);
      }
      price.request = below(2) * below(100);
      const std::string text = formatRates(price);
      INFO(text);
      const auto read = parseRates(text);
      REQUIRE(read);
      CHECK(*read == price);
    }
  }
}
