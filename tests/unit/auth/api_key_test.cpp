#include "auth/api_key.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

using namespace penstock;

namespace {

config::Snapshot snapshotOf(config::ApiKey key) {
  config::Snapshot::Parts parts;
  parts.api_keys = config::ApiKeyIndex::of({std::make_shared<config::ApiKey>(std::move(key))});
  return config::Snapshot(std::move(parts));
}

config::ApiKey keyOf(std::string_view secret) {
  config::ApiKey key;
  key.id = "key_1";
  key.hash = sha256(secret);
  return key;
}

std::string refusal(const config::Snapshot& snapshot, std::string_view secret, UnixMillis now) {
  const auto found = auth::verifyApiKey(snapshot, secret, now);
  return found ? "" : found.error().code;
}

}  // namespace

TEST_SUITE("auth/api_key") {
  TEST_CASE("a key is accepted until it expires, an unknown one never") {
    config::ApiKey key = keyOf("mlx_sk_new");
    key.expires_at = 100;
    const auto snapshot = snapshotOf(key);
    CHECK(auth::verifyApiKey(snapshot, "mlx_sk_new", 99).value()->id == "key_1");
    CHECK(refusal(snapshot, "mlx_sk_new", 100) == "expired_api_key");
    CHECK(refusal(snapshot, "mlx_sk_other", 1) == "invalid_api_key");
    CHECK(refusal(snapshot, "mlx_mk_new", 1) == "invalid_api_key");
    CHECK(refusal(snapshot, "mlx_sk_" + std::string(300, 'x'), 1) == "invalid_api_key");
    CHECK(refusal(snapshot, "", 1) == "missing_api_key");
  }

  TEST_CASE("after a rotation the former secret is accepted until its own time") {
    config::ApiKey key = keyOf("mlx_sk_new");
    key.previous_hash = sha256("mlx_sk_old");
    key.previous_expires_at = 50;
    const auto snapshot = snapshotOf(key);
    CHECK(auth::verifyApiKey(snapshot, "mlx_sk_old", 49).value()->id == "key_1");
    CHECK(refusal(snapshot, "mlx_sk_old", 50) == "expired_api_key");
    CHECK(refusal(snapshot, "mlx_sk_new", 50).empty());
  }
}
