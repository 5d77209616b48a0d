#include <string>

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;
using test::StoreFixture;

TEST_SUITE("store/api_keys") {
  TEST_CASE("a key is stored whole and found again") {
    StoreFixture f;
    f.bootstrap();
    model::ApiKey key;
    key.id = newId("key_", f.clock.now());
    key.project_id = f.firstProject().id;
    key.name = "CI";
    key.description = "for tests";
    const store::MintedKey minted = store::mintKey(store::kProjectKeyPrefix);
    key.hash = minted.hash;
    key.prefix = minted.prefix;
    key.last_four = minted.last_four;
    key.rate_limit_rpm = 60;
    key.expires_at = 77;
    key.created_at = 5;
    f.store->write([&](Tables& t) { t.api_keys.insert(key); });
    CHECK(f.store->read([&](Tables& t) { return t.api_keys.find(key.id); }) == key);

    f.store->write([&](Tables& t) {
      key.name = "Renamed";
      key.rate_limit_rpm.reset();
      CHECK(t.api_keys.update(key));
      CHECK(t.api_keys.find(key.id) == key);
    });
  }

  TEST_CASE("a rotated key has another secret and the same id; a revoked one cannot rotate") {
    StoreFixture f;
    f.bootstrap();
    f.store->write([](Tables& t) {
      const model::ApiKey before = t.api_keys.usable().at(0);
      const store::MintedKey minted = store::mintKey(store::kProjectKeyPrefix);
      CHECK(t.api_keys.rotate(before.id, minted));
      const model::ApiKey after = t.api_keys.find(before.id).value();
      CHECK(after.hash == minted.hash);
      CHECK(after.last_four == minted.last_four);
      CHECK(t.api_keys.revoke(before.id, 9));
      CHECK_FALSE(t.api_keys.revoke(before.id, 10));
      CHECK_FALSE(t.api_keys.rotate(before.id, store::mintKey("mlx_sk_")));
      CHECK(t.api_keys.find(before.id)->revoked_at == 9);
      CHECK(t.api_keys.usable().empty());
      CHECK(t.api_keys.list("", {}).items.size() == 1);
    });
  }

  TEST_CASE("a key of an unknown project is refused by the store") {
    StoreFixture f;
    f.bootstrap();
    CHECK_THROWS_AS(f.store->write([](Tables& t) {
      model::ApiKey key;
      key.id = "key_1";
      key.project_id = "proj_none";
      key.last_four = "abcd";
      t.api_keys.insert(key);
    }),
                    storage::SqlError);
  }
}
