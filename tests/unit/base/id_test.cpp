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

  TEST_CASE("ids of a sequence sort by their making, whatever the clock does") {
    IdSequence ids;
    std::string last;
    for (const UnixMillis now : {1000, 1000, 1001, 1001, 999, 1001, 1002}) {
      for (int i = 0; i < 300; ++i) {
        const std::string id = ids.next("key_", now);
        CHECK(id.size() == newId("key_", now).size());
        CHECK(last < id);
        last = id;
      }
    }
    CHECK(last < newId("key_", 1003));
    CHECK(IdSequence().next("key_", 1000) != IdSequence().next("key_", 1000));
  }

  TEST_CASE("a millisecond that has no more room for ids passes them on to the next") {
    IdSequence ids;
    std::string last = ids.next("", 1000);
    for (uint32_t i = 0; i < (1U << 20); ++i) {
      std::string id = ids.next("", 1000);
      REQUIRE(last < id);
      last = std::move(id);
    }
    CHECK(last > newId("", 1000));
  }
}
