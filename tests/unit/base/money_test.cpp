#include "base/money.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("base/money") {
  TEST_CASE("dollars are shown with the digits asked for, rounded half away from zero") {
    CHECK(Money{42'150'000'000}.usd(4) == "42.1500");
    CHECK(Money{1'499}.usd(6) == "0.000001");
    CHECK(Money{1'500}.usd(6) == "0.000002");
    CHECK(Money{-1'500}.usd(6) == "-0.000002");
    CHECK(Money{-1}.usd(2) == "0.00");
    CHECK(Money{INT64_MIN}.usd(0) == "-9223372037");
    CHECK(Money{7}.usd(9) == "0.000000007");
  }
}
