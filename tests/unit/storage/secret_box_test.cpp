#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "storage/secret_box.h"

using penstock::Secret;
using penstock::storage::SecretBox;

namespace {

std::vector<Secret> keys(std::initializer_list<char> fills) {
  std::vector<Secret> all;
  for (const char fill : fills) all.emplace_back(std::string(32, fill));
  return all;
}

constexpr std::string_view kRow = "provider:prov_1:api_key";

}  // namespace

TEST_SUITE("storage/secret_box") {
  TEST_CASE("a secret comes back under the same key and identity only") {
    const SecretBox box(keys({'a'}));
    for (const std::string& text :
         {std::string("sk-canary-123456789"), std::string(), std::string(5000, 'x')}) {
      const std::string record = box.seal(Secret(text), kRow);
      CHECK(record.find("canary") == std::string::npos);
      CHECK(box.open(record, kRow).value().reveal() == text);
      CHECK_FALSE(box.open(record, "provider:prov_2:api_key"));
      CHECK_FALSE(box.open(record, ""));
      CHECK_FALSE(SecretBox(keys({'b'})).open(record, kRow));
    }
  }

  TEST_CASE("no bit of a record can be changed") {
    const SecretBox box(keys({'a'}));
    const std::string record = box.seal(Secret("secret"), kRow);
    for (size_t bit = 0; bit < record.size() * 8; ++bit) {
      std::string changed = record;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      INFO(bit);
      CHECK_FALSE(box.open(changed, kRow));
    }
    for (size_t size = 0; size < record.size(); ++size) {
      CHECK_FALSE(box.open(std::string_view(record).substr(0, size), kRow));
    }
    CHECK_FALSE(box.open(record + "x", kRow));
  }

  TEST_CASE("sealing the same secret twice gives different records") {
    const SecretBox box(keys({'a'}));
    CHECK(box.seal(Secret("x"), kRow) != box.seal(Secret("x"), kRow));
  }

  TEST_CASE("after a rotation old records still open and are known as old") {
    const SecretBox before(keys({'a'}));
    const SecretBox after(keys({'b', 'a'}));
    const std::string old = before.seal(Secret("x"), kRow);
    CHECK(after.open(old, kRow).value().reveal() == "x");
    CHECK_FALSE(after.isCurrent(old));
    CHECK(after.isCurrent(after.seal(Secret("x"), kRow)));
    CHECK(before.isCurrent(old));
    CHECK(before.keyId() != after.keyId());
  }

  TEST_CASE("a key of a wrong size is a programming error") {
    CHECK_THROWS_AS(SecretBox(std::vector<Secret>{Secret("short")}), std::logic_error);
    CHECK_THROWS_AS(SecretBox(std::vector<Secret>()), std::logic_error);
  }
}
