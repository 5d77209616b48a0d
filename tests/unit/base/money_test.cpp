#include "base/money.h"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

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
    CHECK(Money{-42'150'000'000}.usd(2) == "-42.15");
    CHECK(Money{999'950'000}.usd(4) == "1.0000");
    CHECK(Money{}.usd(0) == "0");
    CHECK(Money{}.usd(4) == "0.0000");
  }

  TEST_CASE("people are shown cents, and of less than ten what tells it from nothing") {
    CHECK(Money{}.shown() == "$0.00");
    CHECK(Money{42'150'000'000}.shown() == "$42.15");
    CHECK(Money{100'000'000}.shown() == "$0.10");
    CHECK(Money{99'999'999}.shown() == "$0.10");
    CHECK(Money{10'000'000}.shown() == "$0.01");
    CHECK(Money{6'000'000}.shown() == "$0.006");
    CHECK(Money{1'234'567}.shown() == "$0.001235");
    CHECK(Money{12'500}.shown() == "$0.0000125");
    CHECK(Money{1}.shown() == "$0.000000001");
    CHECK(Money{-6'000'000}.shown() == "-$0.006");
    CHECK(Money{-42'150'000'000}.shown() == "-$42.15");
    CHECK(Money{INT64_MIN}.shown() == "-$9223372036.85");
  }

  TEST_CASE("dollars are read exactly, to the nano-dollar, or not at all") {
    struct Case {
      const char* text;
      std::optional<int64_t> nanos;
    };
    for (const Case& c : std::vector<Case>{{"0", 0},
                                           {"100", 100'000'000'000},
                                           {"0.1", 100'000'000},
                                           {"-0.5", -500'000'000},
                                           {"42.150000001", 42'150'000'001},
                                           {"9223372036.854775807", INT64_MAX},
                                           {"-9223372036.854775808", INT64_MIN},
                                           {"9223372036.854775808", std::nullopt},
                                           {"99999999999999999999", std::nullopt},
                                           {"0.0000000001", std::nullopt},
                                           {"1.", std::nullopt},
                                           {".5", std::nullopt},
                                           {"1e3", std::nullopt},
                                           {"+1", std::nullopt},
                                           {"--1", std::nullopt},
                                           {" 1", std::nullopt},
                                           {"1,5", std::nullopt},
                                           {"", std::nullopt},
                                           {"-", std::nullopt}}) {
      INFO(c.text);
      const auto amount = parseUsd(c.text);
      CHECK(amount.has_value() == c.nanos.has_value());
      if (amount && c.nanos) CHECK(amount->nanos == *c.nanos);
    }
  }
}
