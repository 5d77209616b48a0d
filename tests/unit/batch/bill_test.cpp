#include "batch/bill.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::batch;

namespace {

struct Prices {
  const pricing::PriceCatalogue catalogue = pricing::PriceCatalogue::builtIn();
  const pricing::Overrides none;
  Pricing of(std::string_view seller) const { return {{catalogue, none}, {"p", seller}}; }
};

AnsweredLine answer(const std::string& model, int64_t input, int64_t output) {
  AnsweredLine line{model, {}};
  line.usage.source = model::Usage::Source::Provider;
  line.usage.input_uncached = input;
  line.usage.output_text = output;
  return line;
}

}  // namespace

TEST_SUITE("batch/bill") {
  TEST_CASE("answers are charged to the model that was asked for, at half the price") {
    const Prices prices;
    const Plan plan{"", {{"gpt-4o", 1, 10, {1}}, {"gpt-4o-mini", 2, 20, {2}}}, "", {}};
    Bill bill(plan, prices.of("openai"));
    bill.add(answer("gpt-4o-mini-2024-07-18", 1000, 100));
    bill.add(answer("gpt-4o-mini-2024-07-18", 1000, 100));
    bill.add(answer("gpt-4o-2024-08-06", 1000, 100));
    CHECK(bill.shares()[1].requests == 2);
    CHECK(bill.shares()[1].cost.total.nanos == 210'000);
    CHECK(bill.shares()[1].usage.input() == 2000);
    CHECK(bill.shares()[0].cost.total.nanos == 1'750'000);
    CHECK(bill.shares()[0].model == "gpt-4o-2024-08-06");
  }

  TEST_CASE("an answer that does not say what it used is charged its part of the plan") {
    const Prices prices;
    const Plan plan{"", {{"gpt-4o", 4, 400, {1000}}}, "", {}};
    Bill bill(plan, prices.of("openai"));
    bill.add({"gpt-4o", {}});
    CHECK(bill.shares()[0].estimated);
    CHECK(bill.shares()[0].cost.total.nanos == 250);
    CHECK(bill.shares()[0].usage.input() == 100);
    bill.assumeMost();
    CHECK(bill.shares()[0].cost.total.nanos == 1000);
    CHECK(bill.shares()[0].requests == 4);
  }
}
