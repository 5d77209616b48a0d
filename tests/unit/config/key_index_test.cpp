#include "config/key_index.h"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;
using config::ApiKey;
using config::ApiKeyIndex;

namespace {

ApiKeyIndex::KeyPtr keyOf(const std::string& secret, const std::string& previous = {}) {
  ApiKey key;
  key.id = "key_" + secret;
  key.hash = sha256(secret);
  if (!previous.empty()) key.previous_hash = sha256(previous);
  return std::make_shared<ApiKey>(std::move(key));
}

}  // namespace

TEST_SUITE("config/key_index") {
  TEST_CASE("a key is found by its secret and by the one before, and counts once") {
    const auto index = ApiKeyIndex::of({keyOf("a", "old-a"), keyOf("b")});
    CHECK(index->find(sha256("a"))->id == "key_a");
    CHECK(index->find(sha256("old-a")) == index->find(sha256("a")));
    CHECK(index->find(sha256("b"))->id == "key_b");
    CHECK(index->find(sha256("c")) == nullptr);
    CHECK(index->size() == 2);
  }

  TEST_CASE("a present secret goes before a former one, in whatever order they come") {
    for (const auto& keys :
         {std::vector{keyOf("a"), keyOf("b", "a")}, std::vector{keyOf("b", "a"), keyOf("a")}}) {
      CHECK(ApiKeyIndex::of(keys)->find(sha256("a"))->id == "key_a");
    }
  }

  TEST_CASE("changes make another index and leave the first as it was") {
    const auto first = ApiKeyIndex::of({keyOf("a"), keyOf("b")});
    const auto second = first->with({{sha256("a"), nullptr}, {sha256("c"), keyOf("c")}});
    CHECK(first->size() == 2);
    CHECK(first->find(sha256("a")) != nullptr);
    CHECK(first->find(sha256("c")) == nullptr);
    CHECK(second->size() == 2);
    CHECK(second->find(sha256("a")) == nullptr);
    CHECK(second->find(sha256("b")) == first->find(sha256("b")));
    CHECK(second->find(sha256("c"))->id == "key_c");
    // The same secret twice: the last word counts.
    const auto third = second->with({{sha256("c"), nullptr}, {sha256("c"), keyOf("c")}});
    CHECK(third->find(sha256("c")) != nullptr);
    CHECK(third->size() == 2);
  }

  TEST_CASE("a key is found by its own id too, whatever its secret is") {
    const auto index = ApiKeyIndex::of({keyOf("a"), keyOf("b", "old")});
    REQUIRE(index->findById("key_b") != nullptr);
    CHECK(index->findById("key_b") == index->find(sha256("old")));
    CHECK(index->findById("key_c") == nullptr);
  }

  TEST_CASE("the former secret ends at its own time, never after the key") {
    ApiKey key = *keyOf("new", "old");
    key.previous_expires_at = 50;
    CHECK_FALSE(config::expiryOf(key, sha256("new")));
    CHECK(config::expiryOf(key, sha256("old")) == 50);
    key.expires_at = 40;
    CHECK(config::expiryOf(key, sha256("new")) == 40);
    CHECK(config::expiryOf(key, sha256("old")) == 40);
    key.expires_at = 60;
    CHECK(config::expiryOf(key, sha256("old")) == 50);
    key.previous_expires_at.reset();
    CHECK(config::expiryOf(key, sha256("old")) == 0);
  }
}
