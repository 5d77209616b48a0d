#include "dialect/estimate.h"

#include <doctest/doctest.h>

using namespace penstock::dialect;

TEST_SUITE("dialect/estimate") {
  TEST_CASE("ASCII counts a quarter, other bytes a half, rounded up") {
    CHECK(estimateTokens("") == 0);
    CHECK(estimateTokens("a") == 1);
    CHECK(estimateTokens("abcdefgh") == 2);
    CHECK(estimateTokens("\xE4\xBD\xA0\xE5\xA5\xBD") == 3);
    TextSize size;
    for (int i = 0; i < 8; ++i) size.add("a");
    CHECK(size.tokens() == 2);
    CHECK(size.size() == 8);
  }

  TEST_CASE("common text is estimated within a factor of two") {
    // True counts under o200k_base.
    CHECK(estimateTokens("The quick brown fox jumps over the lazy dog.") >= 5);  // 10
    CHECK(estimateTokens("The quick brown fox jumps over the lazy dog.") <= 20);
  }
}
