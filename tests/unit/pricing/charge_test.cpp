#include "pricing/charge.h"

#include <doctest/doctest.h>

#include "pricing/rates_text.h"

using namespace penstock;
using namespace penstock::pricing;

TEST_SUITE("pricing/charge") {
  TEST_CASE("a charge is the tier's rates, its threshold and the multiplier") {
    const auto price = parseRates("i10000>100:20000 o40000 x5000000 q7000");
    REQUIRE(price);
    model::Usage usage;
    usage.input_uncached = 101;
    usage.output_text = 3;
    usage.web_searches = 1;
    const Charge charge = chargeOf(*price, usage, {5, 2});
    CHECK(formatCharge(charge) == "i20000 o40000 x5000000 q7000 >100 *5/2");
    CHECK(parseCharge(formatCharge(charge)) == charge);
    CHECK(charge.cost(usage) == costOf(*price, usage, {5, 2}));
    usage.input_uncached = 100;
    const Charge plain = chargeOf(*price, usage, {});
    CHECK(formatCharge(plain) == "i10000 o40000 x5000000 q7000");
    CHECK(parseCharge(formatCharge(plain)) == plain);
  }

  TEST_CASE("what is no charge is refused") {
    for (const char* text :
         {"", ">5", "*1/2", "i1 >x", "i1 *2", "i1 *0/1", "i1 *1/0", "i1>5:2", "z1"}) {
      INFO(text);
      CHECK_FALSE(parseCharge(text));
    }
  }
}
