#include "manage/json_diff.h"

#include <doctest/doctest.h>

#include <string>

#include "json/document.h"

using namespace penstock;
using manage::diffJson;
using manage::JsonChange;

namespace {

constexpr auto kNone = std::nullopt;

std::vector<JsonChange> diff(std::string_view before, std::string_view after) {
  return diffJson(before, after);
}

}  // namespace

TEST_SUITE("manage/json_diff") {
  TEST_CASE("equal values have no differences, whatever the order of their members") {
    CHECK(diff(R"({"a":1,"b":[1,{"c":null}]})", R"({"b":[1,{"c":null}],"a":1})").empty());
  }

  TEST_CASE("a difference is told where it is") {
    CHECK(diff(R"({"a":{"b":1}})", R"({"a":{"b":2}})") ==
          std::vector<JsonChange>{{"/a/b", "1", "2"}});
    CHECK(diff(R"({"a":1})", R"({})") == std::vector<JsonChange>{{"/a", "1", kNone}});
    CHECK(diff(R"({})", R"({"x/y~z":true})") ==
          std::vector<JsonChange>{{"/x~1y~0z", kNone, "true"}});
    CHECK(diff(R"([1,2])", R"([1,3,4])") ==
          std::vector<JsonChange>{{"/1", "2", "3"}, {"/2", kNone, "4"}});
    CHECK(diff(R"([1,2])", R"([1])") == std::vector<JsonChange>{{"/1", "2", kNone}});
    CHECK(diff(R"({"a":[1]})", R"({"a":{"0":1}})") ==
          std::vector<JsonChange>{{"/a", "[1]", R"({"0":1})"}});
  }

  TEST_CASE("changes are written as operations") {
    std::string text;
    json::Writer out(text);
    manage::writeChanges(out, diff(R"({"a":1,"b":"x"})", R"({"b":"y","c":[]})"));
    CHECK(text ==
          R"([{"op":"remove","path":"/a","before":1},)"
          R"({"op":"replace","path":"/b","before":"x","after":"y"},)"
          R"({"op":"add","path":"/c","after":[]}])");
  }
}
