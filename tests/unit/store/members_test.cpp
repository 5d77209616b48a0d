#include <doctest/doctest.h>

#include <string>

#include "base/id.h"
#include "store/mint.h"
#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;
using test::StoreFixture;

namespace {

model::Member member(StoreFixture& f, const std::string& email, model::Role role) {
  model::Member member;
  member.id = newId("mem_", f.clock.now());
  member.organization_id = f.firstProject().organization_id;
  member.email = email;
  member.role = role;
  member.created_at = f.clock.now();
  return member;
}

model::ManagementKey keyOf(StoreFixture& f, const model::Member& owner, model::Role role) {
  const auto minted = store::mintKey(store::kManagementKeyPrefix);
  model::ManagementKey key;
  key.id = newId("mkey_", f.clock.now());
  key.organization_id = owner.organization_id;
  key.name = std::string("k");
  key.role = role;
  key.hash = minted.hash;
  key.prefix = minted.prefix;
  key.last_four = minted.last_four;
  key.member_id = owner.id;
  return key;
}

std::optional<model::ManagementKey> usable(Tables& t, const std::string& id) {
  for (auto& key : t.management_keys.usable()) {
    if (key.id == id) return key;
  }
  return std::nullopt;
}

}  // namespace

TEST_SUITE("store/members") {
  TEST_CASE("an address is free again once its member has left") {
    StoreFixture f;
    f.bootstrap();
    const auto ann = member(f, "ann@example.com", model::Role::Owner);
    auto again = ann;
    again.id = newId("mem_", f.clock.now());
    f.store->write([&](Tables& t) {
      REQUIRE(t.members.insert(ann));
      CHECK(t.members.insert(again).error().code == "member_exists");
      CHECK(t.members.countOwners() == 1);
      CHECK(t.members.remove(ann.id, 5));
      CHECK_FALSE(t.members.remove(ann.id, 6));
      CHECK(t.members.find(ann.id)->removed_at == 5);
      CHECK(t.members.all().empty());
      CHECK(t.members.insert(again));
      CHECK(t.members.findByEmail(ann.organization_id, "ann@example.com")->id == again.id);
    });
  }

  TEST_CASE("a member's key may no more than the member may now") {
    StoreFixture f;
    f.bootstrap();
    auto bob = member(f, "bob@example.com", model::Role::Admin);
    const auto key = keyOf(f, bob, model::Role::Admin);
    f.store->write([&](Tables& t) {
      REQUIRE(t.members.insert(bob));
      t.management_keys.insert(key);
      CHECK(usable(t, key.id)->role == model::Role::Admin);
      bob.role = model::Role::Member;
      bob.project_ids = {"proj_a", "proj_b"};
      REQUIRE(t.members.update(bob));
      CHECK(usable(t, key.id)->role == model::Role::Member);
      CHECK(usable(t, key.id)->project_ids == bob.project_ids);
      auto narrow = key;
      narrow.project_ids = {"proj_b", "proj_c"};
      REQUIRE(t.management_keys.update(narrow));
      CHECK(usable(t, key.id)->project_ids == std::vector<std::string>{"proj_b"});
      narrow.project_ids = {"proj_c"};  // nothing is left that both allow
      REQUIRE(t.management_keys.update(narrow));
      CHECK_FALSE(usable(t, key.id));
      REQUIRE(t.management_keys.update(key));
      REQUIRE(t.members.remove(bob.id, 5));
      CHECK_FALSE(usable(t, key.id));
      CHECK(t.management_keys.ofMember(bob.id).size() == 1);
    });
  }
}
