#include "pricing/overrides.h"

#include <doctest/doctest.h>

#include <vector>

using namespace penstock;
using namespace penstock::pricing;

namespace {

model::PriceOverride row(std::string model, std::string rates,
                         std::optional<UnixMillis> starts_at = {}) {
  model::PriceOverride row;
  row.id = "price_" + model + rates;
  row.provider = "openai";
  row.model = std::move(model);
  row.rates = std::move(rates);
  row.starts_at = starts_at;
  return row;
}

int64_t inputAt(const Overrides& prices, std::string_view model, UnixMillis time = 0) {
  const OverridePrice* found = prices.find("openai", model, time);
  return found == nullptr ? -1 : found->price.base.input;
}

}  // namespace

TEST_SUITE("pricing/overrides") {
  TEST_CASE("the most particular row that has started wins") {
    const std::vector rows = {
        row("*", "i1"),           row("gpt-4o*", "i2"),          row("gpt-4o-mini*", "i3"),
        row("gpt-4o-mini", "i4"), row("gpt-4o-mini", "i5", 100), row("later", "i6", 100)};
    const auto prices = Overrides::build(rows);
    REQUIRE(prices);
    CHECK(inputAt(*prices, "o3") == 1);
    CHECK(inputAt(*prices, "gpt-4o") == 2);
    CHECK(inputAt(*prices, "gpt-4o-mini-2024") == 3);
    CHECK(inputAt(*prices, "gpt-4o-mini", 99) == 4);
    CHECK(inputAt(*prices, "gpt-4o-mini", 100) == 5);
    CHECK(inputAt(*prices, "later", 99) == 1);  // hides nothing before it starts
    CHECK(inputAt(*prices, "later", 100) == 6);
    CHECK(prices->find("anthropic", "o3", 0) == nullptr);
  }

  TEST_CASE("the digest follows the prices, not their order") {
    const std::vector rows = {row("a", "i1"), row("b", "i2")};
    const std::vector turned = {row("b", "i2"), row("a", "i1")};
    const std::vector changed = {row("a", "i1"), row("b", "i3")};
    const std::vector dated = {row("a", "i1"), row("b", "i2", 5)};
    const auto digest = [](const std::vector<model::PriceOverride>& all) {
      return Overrides::build(all).value().digest();
    };
    CHECK(digest(rows).size() == 8);
    CHECK(digest(rows) == digest(turned));
    CHECK(digest(rows) != digest(changed));
    CHECK(digest(rows) != digest(dated));
    CHECK(digest({}).empty());
  }

  TEST_CASE("rates that cannot be read are an error that names the row") {
    const auto prices = Overrides::build(std::vector{row("a", "free")});
    REQUIRE_FALSE(prices);
    CHECK(prices.error().kind == ErrorKind::Unprocessable);
    CHECK(prices.error().id == "price_afree");
  }
}
