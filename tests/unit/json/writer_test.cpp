#include "json/writer.h"

#include <doctest/doctest.h>

#include <limits>

#include "json/document.h"

using namespace penstock;
using json::Writer;

TEST_SUITE("json/writer") {
  TEST_CASE("commas and nesting come out right") {
    std::string out = "data: ";
    Writer w(out);
    w.beginObject().field("id", "x").key("list").beginArray();
    w.value(1).value("two").null().beginObject().endObject().beginArray().endArray();
    w.endArray().field("flag", true).field("maybe", std::optional<int>()).rawField("raw", "[1]");
    w.endObject();
    CHECK(out ==
          R"(data: {"id":"x","list":[1,"two",null,{},[]],"flag":true,"maybe":null,"raw":[1]})");
  }

  TEST_CASE("numbers are exact and shortest") {
    std::string out;
    Writer w(out);
    w.beginArray().value(std::numeric_limits<int64_t>::min());
    w.value(std::numeric_limits<uint64_t>::max()).value(0.1).value(1e300).value(5.0);
    w.value(std::numeric_limits<double>::infinity()).value(-0.0).endArray();
    CHECK(out == "[-9223372036854775808,18446744073709551615,0.1,1e+300,5,null,-0.0]");
  }

  TEST_CASE("money is a decimal number without trailing zeros") {
    const auto text = [](int64_t nanos) {
      std::string out;
      Writer(out).value(Money{nanos});
      return out;
    };
    CHECK(text(0) == "0");
    CHECK(text(125'000) == "0.000125");
    CHECK(text(1) == "0.000000001");
    CHECK(text(105'000'000'000) == "105");
    CHECK(text(-1'500'000'000) == "-1.5");
    CHECK(text(100'000'000'000) == "100");
  }

  TEST_CASE("decimals are exact, without trailing zeros") {
    const auto text = [](int64_t number, int places) {
      std::string out;
      Writer(out).decimal(number, places);
      return out;
    };
    CHECK(text(1500, 3) == "1.5");
    CHECK(text(5, 3) == "0.005");
    CHECK(text(-1, 4) == "-0.0001");
    CHECK(text(42, 0) == "42");
    CHECK(text(0, 4) == "0");
    CHECK(text(std::numeric_limits<int64_t>::max(), 18) == "9.223372036854775807");
    CHECK(text(std::numeric_limits<int64_t>::min(), 3) == "-9223372036854775.808");
  }

  TEST_CASE("what must be escaped is seen wherever it stands") {
    for (size_t size = 1; size <= 80; ++size) {
      for (size_t place = 0; place < size; ++place) {
        for (const char special : {'"', '\\', '\n', '\x1F', '\x00', '\xFF', '!', '#', '\x7F'}) {
          std::string given(size, 'a');
          given[place] = special;
          std::string as_key;
          Writer(as_key).beginObject().field(given, given).endObject();
          const auto parsed = json::parse(as_key);
          REQUIRE(parsed);
          const std::string expected =
              special == '\xFF' ? given.replace(place, 1, "\xEF\xBF\xBD") : given;
          REQUIRE(parsed->root().keyAt(0) == expected);
          REQUIRE(parsed->root().valueAt(0).asString() == expected);
        }
      }
    }
  }

  TEST_CASE("strings are escaped and invalid UTF-8 is replaced") {
    CHECK(json::quoted("a\"b\\c/\n\r\t\b\f\x01\x1F\x7F") ==
          "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\\u0001\\u001f\x7F\"");
    CHECK(json::quoted("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") ==
          "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    CHECK(json::quoted("x\xFFy\xC3") == "\"x\xEF\xBF\xBDy\xEF\xBF\xBD\"");
    CHECK(json::quoted("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    CHECK(json::quoted(std::string_view("\0", 1)) == "\"\\u0000\"");
  }

  TEST_CASE("whatever bytes go in, the output parses") {
    uint32_t state = 7;
    for (int i = 0; i < 20'000; ++i) {
      std::string text;
      for (int n = 0; n < 12; ++n) {
        state = state * 1664525 + 1013904223;
        text.push_back(static_cast<char>(state >> 24));
      }
      const auto document = json::parse(json::quoted(text));
      REQUIRE(document);
      REQUIRE(document->root().isString());
    }
  }
}
