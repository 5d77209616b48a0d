#include "rules/folded_text.h"

#include <doctest/doctest.h>

using namespace penstock::rules;

TEST_SUITE("rules/folded_text") {
  const auto lower = [](std::string_view text) { return FoldedText{text, Letters::Lower}; };
  const auto plain = [](std::string_view text) { return FoldedText{text}; };

  TEST_CASE("only the side in lower case is folded") {
    CHECK(equal(lower("AbC"), plain("abc")));
    CHECK(equal(plain("abc"), lower("AbC")));
    CHECK(equal(lower("ABC"), lower("abc")));
    CHECK_FALSE(equal(lower("abc"), plain("ABC")));
    CHECK_FALSE(equal(plain("ABC"), plain("abc")));
    CHECK_FALSE(equal(lower("ab"), plain("abc")));
  }

  TEST_CASE("order is that of bytes") {
    CHECK(order(lower("B"), plain("a")) > 0);
    CHECK(order(plain("B"), plain("a")) < 0);
    CHECK(order(lower("AB"), plain("abc")) < 0);
    CHECK(order(lower("ABC"), plain("abc")) == 0);
    CHECK(order(lower("é"), plain("z")) > 0);  // a high byte is large, not negative
    CHECK(order(plain("é"), plain("z")) > 0);
  }

  TEST_CASE("parts are found at the ends too") {
    CHECK(contains(lower("xxABC"), plain("abc")));
    CHECK(contains(lower("ABCxx"), plain("abc")));
    CHECK(contains(lower(""), plain("")));
    CHECK_FALSE(contains(lower("AB"), plain("abc")));
    CHECK_FALSE(contains(plain("ABC"), plain("abc")));
    CHECK(contains(plain("xabc"), lower("ABC")));
    CHECK(startsWith(lower("ABCx"), plain("abc")));
    CHECK(startsWith(plain("abc"), plain("")));
    CHECK_FALSE(startsWith(plain("ab"), plain("abc")));
    CHECK_FALSE(startsWith(plain("xabc"), plain("abc")));
  }
}
