#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;
using test::StoreFixture;

TEST_SUITE("store/management_keys") {
  TEST_CASE("owners that will always be able to act are counted") {
    StoreFixture f;
    f.bootstrap();
    f.store->write([](Tables& t) {
      model::ManagementKey key = t.management_keys.usable().at(0);
      const std::string owner = key.id;
      CHECK(t.management_keys.countLastingOwners() == 1);
      key.id = "mkey_2";
      key.hash = sha256("2");
      key.expires_at = 50;
      t.management_keys.insert(key);
      CHECK(t.management_keys.find("mkey_2") == key);
      CHECK(t.management_keys.countLastingOwners() == 1);
      CHECK(t.management_keys.revoke(owner, 100));
      CHECK(t.management_keys.countLastingOwners() == 0);
      CHECK(t.management_keys.usable().size() == 1);
      CHECK(t.management_keys.list({}).items.size() == 2);
      CHECK(t.management_keys.rotate("mkey_2", store::mintKey(store::kManagementKeyPrefix)));
    });
  }
}
