#include "pricing/bill_text.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::pricing;

TEST_SUITE("pricing/bill_text") {
  TEST_CASE("a bill reads back as it was") {
    model::Usage usage;
    usage.input_uncached = 1000;
    usage.output_text = 50;
    usage.web_searches = 2;
    const std::string text = formatBill("i1000000 o5000000 >200000 *5/3", usage, "priority");
    CHECK(text == "i1000000 o5000000 >200000 *5/3|i1000 o50 x2|priority");
    const auto bill = parseBill(text);
    REQUIRE(bill);
    CHECK(bill->usage == usage);
    CHECK(bill->charge.above == 200'000);
    CHECK(bill->service_tier == "priority");
    const auto nothing = parseBill(formatBill("i1 o1", {}, ""));
    REQUIRE(nothing);
    CHECK(nothing->usage == model::Usage{});
    CHECK(nothing->service_tier.empty());
  }

  TEST_CASE("what is no bill is none") {
    for (const char* text : {"", "x", "i1 o1|z5|", "i1 o1|i|", "i1 o1|i-5|", "i1 o1|i5x|"}) {
      INFO(text);
      const auto bill = parseBill(text);
      CHECK((!bill || std::string_view(text).empty()));
    }
  }
}
