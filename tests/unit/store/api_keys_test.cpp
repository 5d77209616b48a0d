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
    key.allowed_models = {"@production", "openai/*"};
    key.ip_allowlist = {"10.0.0.0/8"};
    key.created_at = 5;
    key.previous_hash = sha256("before");
    key.previous_expires_at = 9;
    f.store->write([&](Tables& t) { t.api_keys.insert(key); });
    CHECK(f.store->read([&](Tables& t) { return t.api_keys.find(key.id); }) == key);

    f.store->write([&](Tables& t) {
      key.name = "Renamed";
      key.rate_limit_rpm.reset();
      key.allowed_models = {};
      key.ip_allowlist = {"::1", "10.1.1.1"};
      key.expires_at.reset();
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
      CHECK_FALSE(after.previous_hash);
      CHECK(t.api_keys.revoke(before.id, 9));
      CHECK_FALSE(t.api_keys.revoke(before.id, 10));
      CHECK_FALSE(t.api_keys.rotate(before.id, store::mintKey("mlx_sk_")));
      CHECK(t.api_keys.find(before.id)->revoked_at == 9);
      CHECK(t.api_keys.usable().empty());
      CHECK(t.api_keys.list({}, {}).items.size() == 1);
    });
  }

  TEST_CASE("a rotation may keep the old secret for a while, and never the one before") {
    StoreFixture f;
    f.bootstrap();
    f.store->write([](Tables& t) {
      const model::ApiKey first = t.api_keys.usable().at(0);
      CHECK(t.api_keys.rotate(first.id, store::mintKey("mlx_sk_"), 77));
      const model::ApiKey second = t.api_keys.find(first.id).value();
      CHECK(second.previous_hash == first.hash);
      CHECK(second.previous_expires_at == 77);
      CHECK(t.api_keys.rotate(first.id, store::mintKey("mlx_sk_"), 88));
      const model::ApiKey third = t.api_keys.find(first.id).value();
      CHECK(third.previous_hash == second.hash);
      CHECK(third.previous_expires_at == 88);
      CHECK(t.api_keys.rotate(first.id, store::mintKey("mlx_sk_")));
      CHECK_FALSE(t.api_keys.find(first.id)->previous_hash);
      CHECK_FALSE(t.api_keys.find(first.id)->previous_expires_at);
    });
  }

  TEST_CASE("a list shows the keys of some projects, in some state, page by page") {
    StoreFixture f;
    f.bootstrap();
    f.store->write([&](Tables& t) {
      const std::string first_key = t.api_keys.usable().at(0).id;
      model::Project project = t.projects.all().at(0);
      for (const char* id : {"proj_a", "proj_b", "proj_c"}) {
        project.id = project.slug = id;
        REQUIRE(t.projects.insert(project));
      }
      int n = 0;
      const auto add = [&](const char* project_id, std::optional<UnixMillis> expires,
                           std::optional<UnixMillis> revoked) {
        model::ApiKey key;
        key.id = "key_" + std::to_string(++n);
        key.project_id = project_id;
        key.hash = sha256(key.id);
        key.last_four = "abcd";
        key.expires_at = expires;
        key.revoked_at = revoked;
        t.api_keys.insert(key);
      };
      add("proj_a", {}, {});   // 1: active
      add("proj_b", 100, {});  // 2: active until 100
      add("proj_a", 10, {});   // 3: expired
      add("proj_c", {}, {});   // 4: active
      add("proj_a", 10, 5);    // 5: revoked, whatever its expiry
      add("proj_b", {}, 1);    // 6: revoked

      const auto ids = [&](std::vector<std::string> projects,
                           std::optional<store::KeyStatus> status, store::PageRequest page = {}) {
        std::string text;
        const auto found = t.api_keys.list({projects, status, 50}, page);
        for (const auto& key : found.items) {
          if (key.id != first_key) text += key.id.substr(4);
        }
        return text + (found.has_more ? "+" : "");
      };
      using Status = store::KeyStatus;
      CHECK(ids({}, {}) == "123456");
      CHECK(ids({"proj_a"}, {}) == "135");
      CHECK(ids({"proj_a", "proj_c"}, {}) == "1345");
      CHECK(ids({"proj_none"}, {}).empty());
      CHECK(ids({}, Status::Active) == "124");
      CHECK(ids({}, Status::Expired) == "3");
      CHECK(ids({}, Status::Revoked) == "56");
      CHECK(ids({"proj_a"}, Status::Active) == "1");
      CHECK(ids({"proj_a", "proj_b"}, Status::Active) == "12");
      CHECK(ids({"proj_a", "proj_b"}, {}, {.after = "key_1", .limit = 2}) == "23+");
      CHECK(ids({"proj_a", "proj_b"}, {}, {.after = "key_3", .limit = 2}) == "56");
      CHECK(ids({"proj_a"}, {}, {.after = "key_1", .limit = 1}) == "3+");
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
