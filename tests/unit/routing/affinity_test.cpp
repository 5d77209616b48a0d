#include "routing/affinity.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock::routing;

TEST_SUITE("routing/affinity") {
  TEST_CASE("a conversation keeps its key whatever is said in it") {
    const uint64_t key = affinityKey({"proj_1", "conv", "hello"});
    CHECK(affinityKey({"proj_1", "conv", "hello, and more"}) == key);
    CHECK(affinityKey({"proj_1", "other", "hello"}) != key);
    CHECK(affinityKey({"proj_2", "conv", "hello"}) != key);
  }

  TEST_CASE("without one the first 2,048 bytes of the prompt decide") {
    const std::string prefix(2048, 'x');
    const uint64_t key = affinityKey({"proj_1", "", prefix});
    CHECK(affinityKey({"proj_1", "", prefix + "more"}) == key);
    CHECK(affinityKey({"proj_1", "", "y" + prefix}) != key);
    CHECK(affinityKey({"proj_2", "", prefix}) != key);
    CHECK(affinityKey({"proj_1", "", ""}) != key);
  }

  TEST_CASE("a prompt that reads like a conversation's id is not taken for it") {
    CHECK(affinityKey({"proj_1", "hello", ""}) != affinityKey({"proj_1", "", "hello"}));
  }
}
