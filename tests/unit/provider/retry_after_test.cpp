#include "provider/retry_after.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;
using provider::readRetryAfter;

namespace {

constexpr UnixMillis kNow = 784'111'777'000;  // Sun, 06 Nov 1994 08:49:37 GMT

std::optional<int64_t> after(
    std::initializer_list<std::pair<std::string_view, std::string_view>> headers) {
  http::HeaderList list;
  for (const auto& [name, value] : headers) list.add(name, value);
  return readRetryAfter(list, kNow);
}

}  // namespace

TEST_SUITE("provider/retry_after") {
  TEST_CASE("milliseconds come before seconds, and seconds may have decimals or be a date") {
    CHECK(after({{"Retry-After", "3"}, {"retry-after-ms", "1500"}}) == 1500);
    CHECK(after({{"Retry-After", "2.5"}}) == 2500);
    CHECK(after({{"Retry-After", "0"}}) == 0);
    CHECK(after({{"Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT"}}) == 10'000);
    CHECK(after({{"Retry-After", "Sun, 06 Nov 1994 08:49:27 GMT"}}) == 0);
    CHECK(after({{"Retry-After", "999999999"}}) == 86'400'000);
  }

  TEST_CASE("what cannot be read says nothing") {
    for (const char* text : {"", "soon", "-1", "nan", "inf", "1s", "Sun, 06 Nov 1994"}) {
      INFO(text);
      CHECK_FALSE(after({{"Retry-After", text}}));
    }
    CHECK_FALSE(after({}));
  }

  TEST_CASE("the limit that is used up says when it starts again") {
    CHECK(after({{"x-ratelimit-remaining-requests", "0"},
                 {"x-ratelimit-reset-requests", "12ms"}}) == 12);
    CHECK(after({{"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "6m0s"}}) ==
          360'000);
    CHECK(after({{"x-ratelimit-remaining-requests", "0"},
                 {"x-ratelimit-reset-requests", "1s"},
                 {"x-ratelimit-remaining-tokens", "0"},
                 {"x-ratelimit-reset-tokens", "7"}}) == 7000);
    CHECK(after({{"anthropic-ratelimit-input-tokens-remaining", "0"},
                 {"anthropic-ratelimit-input-tokens-reset", "1994-11-06T08:50:37Z"}}) == 60'000);
    // Something is left, or nobody knows: Azure says -1.
    CHECK_FALSE(
        after({{"x-ratelimit-remaining-requests", "5"}, {"x-ratelimit-reset-requests", "1s"}}));
    CHECK_FALSE(
        after({{"x-ratelimit-remaining-requests", "-1"}, {"x-ratelimit-reset-requests", "0"}}));
  }

  TEST_CASE("durations have parts") {
    CHECK(provider::parseDuration("1h2m3.5s") == 3'723'500);
    CHECK(provider::parseDuration("1d") == 86'400'000);
    for (const char* text : {"", "s", "1x", "1m2", "m1", ".", "1..2s"}) {
      INFO(text);
      CHECK_FALSE(provider::parseDuration(text));
    }
  }
}
