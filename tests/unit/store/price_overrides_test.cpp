#include "store/price_overrides.h"

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::test;
using store::Tables;

namespace {

model::PriceOverride priceOf(const std::string& id, const std::string& model,
                             std::optional<UnixMillis> starts_at = {}) {
  model::PriceOverride price;
  price.id = "price_" + id;
  price.provider = "openai";
  price.model = model;
  price.starts_at = starts_at;
  price.rates = "i5 o7";
  price.context_window = 1000;
  price.source = "manual";
  price.created_at = price.updated_at = 5;
  return price;
}

}  // namespace

TEST_SUITE("store/price_overrides") {
  TEST_CASE("a price comes back as it was written, and once only") {
    StoreFixture f;
    f.store->write([](Tables& t) {
      CHECK(t.price_overrides.insert(priceOf("1", "gpt-4o*")));
      CHECK(t.price_overrides.insert(priceOf("2", "gpt-4o*", 100)));
      const Status again = t.price_overrides.insert(priceOf("3", "gpt-4o*"));
      REQUIRE_FALSE(again);
      CHECK(again.error().code == "price_exists");
      CHECK(t.price_overrides.find("price_1") == priceOf("1", "gpt-4o*"));
      CHECK(t.price_overrides.findSame(priceOf("x", "gpt-4o*", 100))->id == "price_2");
      CHECK(t.price_overrides.all().size() == 2);
      CHECK(t.price_overrides.list("openai", {}).items.size() == 2);
      CHECK(t.price_overrides.list("groq", {}).items.empty());
    });
  }

  TEST_CASE("changes cannot make two of one, and what is deleted is free again") {
    StoreFixture f;
    f.store->write([](Tables& t) {
      CHECK(t.price_overrides.insert(priceOf("1", "a")));
      CHECK(t.price_overrides.insert(priceOf("2", "b")));
      CHECK_FALSE(t.price_overrides.update(priceOf("2", "a")));
      CHECK(t.price_overrides.update(priceOf("2", "c")));
      CHECK_FALSE(t.price_overrides.update(priceOf("9", "z")));
      CHECK(t.price_overrides.softDelete("price_1", 9));
      CHECK_FALSE(t.price_overrides.softDelete("price_1", 9));
      CHECK_FALSE(t.price_overrides.find("price_1"));
      CHECK(t.price_overrides.insert(priceOf("3", "a")));
    });
  }

  TEST_CASE("a project keeps its policy for unknown models") {
    StoreFixture f;
    f.bootstrap();
    f.store->write([](Tables& t) {
      model::Project project = t.projects.all().front();
      CHECK(project.settings.unknown_model_policy == model::UnknownModelPolicy::Ceiling);
      project.settings.unknown_model_policy = model::UnknownModelPolicy::Deny;
      CHECK(t.projects.update(project));
      CHECK(t.projects.all().front() == project);
    });
  }
}
