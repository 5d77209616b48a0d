#include "rules/facts.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("rules/facts") {
  TEST_CASE("the week runs from Monday = 1 to Sunday = 7, in UTC") {
    constexpr UnixMillis kHour = 3'600'000, kDay = 24 * kHour;
    CHECK(rules::utcWeekday(0) == 4);  // 1970-01-01 was a Thursday
    CHECK(rules::utcWeekday(3 * kDay) == 7);
    CHECK(rules::utcWeekday(4 * kDay) == 1);
    CHECK(rules::utcWeekday(4 * kDay - 1) == 7);
    CHECK(rules::utcWeekday(-1) == 3);
    CHECK(rules::utcWeekday(1'777'593'600'000) == 5);  // 2026-05-01
  }

  TEST_CASE("hours run from 0 to 23") {
    CHECK(rules::utcHour(0) == 0);
    CHECK(rules::utcHour(3'599'999) == 0);
    CHECK(rules::utcHour(3'600'000) == 1);
    CHECK(rules::utcHour(-1) == 23);
    CHECK(rules::utcHour(1'777'593'600'000) == 0);
  }

  TEST_CASE("groups add up") {
    rules::FactGroups prompt, both;
    prompt.add(rules::FactGroup::Prompt);
    both.add(rules::FactGroup::WallClock);
    both |= prompt;
    CHECK(both.has(rules::FactGroup::Prompt));
    CHECK(both.has(rules::FactGroup::WallClock));
    CHECK_FALSE(both.has(rules::FactGroup::Request));
    CHECK_FALSE(both == prompt);
  }
}
