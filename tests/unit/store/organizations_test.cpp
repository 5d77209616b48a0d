#include "store/organizations.h"

#include <string>

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;

TEST_SUITE("store/organizations") {
  TEST_CASE("an organization is stored whole and changed") {
    test::StoreFixture f;
    f.store->write([](Tables& t) {
      model::Organization acme{"org_1", "Acme", "acme", 5, {"10.0.0.0/8"}};
      REQUIRE(t.organizations.insert(acme));
      CHECK(t.organizations.find("org_1") == acme);
      acme = {"org_1", "Acme Ltd", "acme-ltd", 5, {"10.0.0.0/8", "::1"}};
      CHECK(t.organizations.update(acme));
      CHECK(t.organizations.first() == acme);
      CHECK(t.organizations.update(acme));  // its own slug is not taken
    });
  }

  TEST_CASE("a slug is taken once, and an unknown organization cannot change") {
    test::StoreFixture f;
    f.store->write([](Tables& t) {
      REQUIRE(t.organizations.insert({"org_1", "A", "a", 1, {}}));
      REQUIRE(t.organizations.insert({"org_2", "B", "b", 1, {}}));
      CHECK(t.organizations.insert({"org_3", "C", "a", 1, {}}).error().code == "slug_taken");
      const Status taken = t.organizations.update({"org_2", "B", "a", 1, {}});
      REQUIRE_FALSE(taken);
      CHECK(taken.error().code == "slug_taken");
      CHECK(taken.error().param == "/slug");
      CHECK(t.organizations.find("org_2")->slug == "b");
      CHECK(t.organizations.update({"org_9", "X", "x", 1, {}}).error().kind == ErrorKind::NotFound);
    });
  }
}
