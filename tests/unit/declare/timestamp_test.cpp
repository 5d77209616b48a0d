#include "declare/timestamp.h"

#include <doctest/doctest.h>

using penstock::declare::parseTimestamp;

TEST_SUITE("declare/timestamp") {
  TEST_CASE("times are read with and without zone and fraction") {
    constexpr penstock::UnixMillis kTime = 1'785'525'253'000;  // 2026-07-31T19:14:13Z
    for (const char* text :
         {"2026-07-31T19:14:13Z", "2026-07-31T19:14:13.968000+00:00", "2026-07-31 19:14:13",
          "2026-07-31T21:14:13+02:00", "2026-07-31T14:44:13-0430"}) {
      CHECK_MESSAGE(parseTimestamp(text) == kTime, text);
    }
    CHECK(parseTimestamp("1970-01-02") == 86'400'000);
  }

  TEST_CASE("anything else is none") {
    for (const char* text : {"", "never", "2026-13-01", "2026-02-30", "2026-01-01T", "30d",
                             "2026-01-01T25:00:00Z", "2026-01-01T00:00:00Zx", "2026-1-1"}) {
      CHECK_MESSAGE(!parseTimestamp(text), text);
    }
  }
}
