#include "base/id.h"

#include <doctest/doctest.h>

#include <set>

using namespace penstock;

TEST_SUITE("base/id") {
  TEST_CASE("ids carry their prefix and sort by the time of their making") {
    const std::string early = newId("key_", 1'700'000'000'000);
    const std::string late = newId("key_", 1'700'000'000'001);
    CHECK(early.size() == 4 + 26);
    CHECK(early.starts_with("key_"));
    CHECK(early < late);
  }

  TEST_CASE("a time UUID is of version 7 and sorts by time") {
    const std::string early = newTimeUuid(1'700'000'000'000);
    const std::string late = newTimeUuid(1'700'000'000'001);
    CHECK(early.size() == 36);
    CHECK(early[14] == '7');
    CHECK(std::string("89ab").find(early[19]) != std::string::npos);
    CHECK(early < late);
  }

  TEST_CASE("ids do not repeat") {
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
      CHECK(seen.insert(newUuid()).second);
      CHECK(seen.insert(newTimeUuid(1)).second);
      CHECK(seen.insert(newId("", 1)).second);
    }
  }

  TEST_CASE("ordered ids of one millisecond sort by their order, and before those of the next") {
    std::string last;
    for (uint32_t order = 0; order < 2000; ++order) {
      const std::string id = newOrderedId("key_", 1000, order);
      CHECK(id.size() == newId("key_", 1000).size());
      CHECK(last < id);
      last = id;
    }
    CHECK(last < newOrderedId("key_", 1001, 0));
    CHECK(newOrderedId("key_", 1000, 7) != newOrderedId("key_", 1000, 7));
  }
}
