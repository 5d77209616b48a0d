#include "json/raw.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("json/raw") {
  TEST_CASE("strings are decoded") {
    CHECK(json::rawString(R"("a\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00z")") ==
          "a\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
    CHECK(json::rawString("\"\"") == "");
    CHECK(!json::rawString("5"));
    CHECK(json::rawPlainString("\"plain\"") == "plain");
    CHECK(!json::rawPlainString(R"("\n")"));
  }

  TEST_CASE("integers are read however they are written, and never wrongly") {
    CHECK(json::rawInteger("5") == 5);
    CHECK(json::rawInteger("5.0") == 5);
    CHECK(json::rawInteger("5e2") == 500);
    CHECK(json::rawInteger("-0") == 0);
    CHECK(json::rawInteger("9223372036854775807") == INT64_MAX);
    CHECK(!json::rawInteger("9223372036854775808"));
    CHECK(!json::rawInteger("1e300"));
    CHECK(!json::rawInteger("1e9999"));
    CHECK(!json::rawInteger("5.5"));
    CHECK(!json::rawInteger("\"5\""));
    CHECK(!json::rawInteger("true"));
  }

  TEST_CASE("kinds, booleans and emptiness") {
    CHECK(json::rawKind("{}") == json::Kind::Object);
    CHECK(json::rawKind("-1") == json::Kind::Number);
    CHECK(json::rawBool("true") == true);
    CHECK(json::rawBool("false") == false);
    CHECK(!json::rawBool("null"));
    CHECK(json::rawEmpty("[ \n]"));
    CHECK(json::rawEmpty("{}"));
    CHECK(!json::rawEmpty("[0]"));
    CHECK(!json::rawEmpty("\"\""));
  }

  TEST_CASE("array elements are visited in order until told to stop") {
    std::string seen;
    json::forEachElement(R"( [)", [](std::string_view) { return true; });
    json::forEachElement(R"([1, {"a":[2]} ,"x"])", [&seen](std::string_view raw) {
      seen += std::string(raw) + "|";
      return true;
    });
    CHECK(seen == R"(1|{"a":[2]}|"x"|)");
    seen.clear();
    json::forEachElement("[1,2,3]", [&seen](std::string_view raw) {
      seen += raw;
      return raw != "2";
    });
    CHECK(seen == "12");
    json::forEachElement("[]", [](std::string_view) -> bool {
      FAIL("");
      return true;
    });
  }

  TEST_CASE("members are visited in order, repeated ones too, until told to end") {
    const auto visit = [](std::string_view raw) {
      std::string seen;
      json::forEachMember(raw, [&](std::string_view key, std::string_view value) {
        seen += std::string(key) + "=" + std::string(value) + ";";
        return key != "end";
      });
      return seen;
    };
    CHECK(visit(R"({ "a" : 1 , "b\u0063":{"x":[2]},"a":"}" })") == R"(a=1;bc={"x":[2]};a="}";)");
    CHECK(visit(R"({"end":1,"b":2})") == "end=1;");
    CHECK(visit("{ }").empty());
    CHECK(visit("[1]").empty());
    CHECK(visit("{\"a\"").empty());
  }
}
