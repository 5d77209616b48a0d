#include "base/text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;

TEST_SUITE("base/text") {
  TEST_CASE("numbers are whole, unsigned and in range, or nothing") {
    CHECK(parseUnsigned("18446744073709551615") == UINT64_MAX);
    for (const char* bad : {"", "-1", "+1", " 1", "1 ", "1x", "18446744073709551616", "0x1"}) {
      INFO(bad);
      CHECK_FALSE(parseUnsigned(bad).has_value());
    }
  }

  TEST_CASE("percent-decoding refuses half escapes") {
    CHECK(percentDecode("a%2Fb%20c+d") == "a/b c+d");
    for (const char* bad : {"%", "%2", "%zz", "x%1"}) CHECK_FALSE(percentDecode(bad).has_value());
  }

  TEST_CASE("an empty text has one empty part") {
    std::vector<std::string> parts;
    split("", ',', [&](std::string_view part) { parts.emplace_back(part); });
    CHECK(parts == std::vector<std::string>{""});
    parts.clear();
    split("a,,b,", ',', [&](std::string_view part) { parts.emplace_back(part); });
    CHECK(parts == std::vector<std::string>{"a", "", "b", ""});
  }
}
