#include "demo/schema_fill.h"

#include <doctest/doctest.h>

#include "json/document.h"

namespace penstock::demo {
namespace {

std::string fill(std::string_view schema) {
  const auto document = json::parse(schema);
  REQUIRE(document);
  return fillSchema(document->root(), "thing");
}

}  // namespace

TEST_SUITE("demo/schema_fill") {
  TEST_CASE("required properties are filled by type, optional ones left out") {
    CHECK(fill(R"({"type":"object","properties":{
            "city":{"type":"string"},"days":{"type":"integer"},"exact":{"type":"boolean"},
            "note":{"type":"string"},"ratio":{"type":"number"}},
            "required":["city","days","exact","ratio"],"additionalProperties":false})") ==
          R"({"city":"demo city","days":1,"exact":true,"ratio":1})");
  }

  TEST_CASE("where nothing is required every property is filled") {
    CHECK(fill(R"({"type":"object","properties":{"a":{"type":"null"},"b":{"type":"boolean"}}})") ==
          R"({"a":null,"b":true})");
  }

  TEST_CASE("const wins, and enums give their first value") {
    CHECK(fill(R"({"const":{"k":[1]}})") == R"({"k":[1]})");
    CHECK(fill(R"({"type":"string","enum":["celsius","kelvin"]})") == R"("celsius")");
  }

  TEST_CASE("nested objects and arrays") {
    CHECK(fill(R"({"type":"object","required":["steps"],"properties":{"steps":{"type":"array",
            "items":{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}}}})") ==
          R"({"steps":[{"id":1}]})");
  }

  TEST_CASE("arrays have as many items as they must") {
    CHECK(fill(R"({"type":"array","items":{"const":0},"minItems":3})") == "[0,0,0]");
    CHECK(fill(R"({"type":"array","items":{"const":0},"maxItems":0})") == "[]");
    CHECK(fill(R"({"type":"array","uniqueItems":true,"minItems":3,"items":{"type":"integer"}})") ==
          "[1,2,3]");
    CHECK(
        fill(
            R"({"type":"array","prefixItems":[{"const":"a"},{"type":"integer"}],"items":false})") ==
        R"(["a",2])");
  }

  TEST_CASE("numbers keep to their bounds") {
    CHECK(fill(R"({"type":"integer","minimum":5,"maximum":9})") == "5");
    CHECK(fill(R"({"type":"integer","exclusiveMinimum":5})") == "6");
    CHECK(fill(R"({"type":"integer","maximum":-3})") == "-3");
    CHECK(fill(R"({"type":"integer","minimum":7,"multipleOf":5})") == "10");
    CHECK(fill(R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1})") == "0.5");
    CHECK(fill(R"({"type":"number","minimum":0,"maximum":0.25})") == "0.25");
  }

  TEST_CASE("strings keep to their length and format") {
    CHECK(fill(R"({"type":"string","minLength":14})") == R"("demo thingxxxx")");
    CHECK(fill(R"({"type":"string","maxLength":4})") == R"("demo")");
    CHECK(fill(R"({"type":"string","format":"date"})") == R"("2026-01-01")");
    CHECK(fill(R"({"type":"string","format":"email"})") == R"("demo@example.com")");
  }

  TEST_CASE("references, allOf and the first branch that is not null are followed") {
    CHECK(fill(R"({"$ref":"#/$defs/a~1b","$defs":{"a/b":{"const":7}}})") == "7");
    CHECK(fill(R"({"allOf":[{"required":["x"]},{"properties":{"x":{"const":1}}}]})") ==
          R"({"x":1})");
    CHECK(fill(R"({"anyOf":[{"type":"null"},{"type":"integer"}]})") == "1");
    CHECK(fill(R"({"type":["null","boolean"]})") == "true");
  }

  TEST_CASE("a required property that nobody declares is filled too") {
    CHECK(fill(R"({"type":"object","required":["k"]})") == R"({"k":"demo k"})");
    CHECK(fill(R"({"type":"object","required":["k"],"additionalProperties":{"type":"integer"}})") ==
          R"({"k":1})");
    CHECK(fill(R"({"type":"object","minProperties":2,"properties":{"a":{"const":1}}})") ==
          R"({"a":1,"extra_1":"demo extra_1"})");
  }

  TEST_CASE("a schema that recurses ends, in its simplest branch") {
    const std::string tree = fill(R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object",
        "required":["next"],"properties":{"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}}}}})");
    CHECK(tree.find(R"({"next":null})") != std::string::npos);
    CHECK(json::parse(tree));
  }

  TEST_CASE("schemas without an end are bounded") {
    const std::string wide = fill(R"({"$ref":"#/$defs/n","$defs":{"n":{"type":"object",
        "required":["a","b"],"properties":{"a":{"$ref":"#/$defs/n"},"b":{"$ref":"#/$defs/n"}}}}})");
    CHECK(wide.size() < 200'000);
    CHECK(json::parse(wide));
    CHECK(fill(R"({"$ref":"#"})") == R"("demo thing")");
    CHECK(fill(R"({"type":"array","minItems":1000000000,"items":{"const":1}})").size() < 10'000);
  }

  TEST_CASE("whatever the schema is, the result is JSON") {
    for (const char* schema :
         {"true", "false", "{}", "[]", "1", R"({"type":"whatever"})", R"({"enum":[]})",
          R"({"anyOf":[]})", R"({"type":[]})", R"({"type":"integer","minimum":5,"maximum":1})",
          R"({"type":"integer","minimum":1e300})",
          R"({"type":"string","minLength":-1,"maxLength":-5})"}) {
      CHECK_MESSAGE(json::parse(fill(schema)), schema);
    }
  }
}

}  // namespace penstock::demo
