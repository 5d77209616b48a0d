#include "dialect/gemini_schema.h"

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string toJsonSchema(std::string_view google) {
  const auto document = json::parse(google);
  REQUIRE(document);
  return jsonSchemaOf(document->root());
}

}  // namespace

TEST_SUITE("dialect/gemini_schema") {
  TEST_CASE("Google's subset becomes JSON Schema") {
    CHECK(
        toJsonSchema(
            R"({"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true,"minLength":"2"},)"
            R"("b":{"type":"ARRAY","items":{"type":"INTEGER","format":"int32"}},)"
            R"("c":{"any_of":[{"type":"NUMBER"},{"type":"STRING","format":"enum","enum":["x"]}]}},)"
            R"("required":["a"],"propertyOrdering":["a","b"]})") ==
        R"({"type":"object","properties":{"a":{"type":["string","null"],"minLength":2},)"
        R"("b":{"type":"array","items":{"type":"integer","format":"int32"}},)"
        R"("c":{"anyOf":[{"type":"number"},{"type":"string","enum":["x"]}]}},"required":["a"]})");
  }

  TEST_CASE("JSON Schema becomes Google's subset") {
    const GoogleSchema schema = googleSchemaOf(
        R"({"$schema":"x","type":"object","$defs":{"C":{"type":"string","const":"eur"}},)"
        R"("properties":{"a":{"type":["string","null"],"format":"date-time"},"b":{"$ref":"#/$defs/C"},)"
        R"("c":{"oneOf":[{"type":"integer"},{"type":"null"}]},"d":{"allOf":[{"type":"number"},)"
        R"({"minimum":1}]}},"required":["a"]})");
    CHECK(schema.lost == "");
    CHECK(
        schema.json ==
        R"({"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true,)"
        R"("format":"date-time"},"b":{"type":"STRING","enum":["eur"]},)"
        R"("c":{"nullable":true,"type":"INTEGER"},"d":{"type":"NUMBER","minimum":1}},"required":["a"]})");
  }

  TEST_CASE("what the subset cannot say is left out and named") {
    for (const char* word : {"additionalProperties", "exclusiveMinimum", "patternProperties"}) {
      const GoogleSchema schema =
          googleSchemaOf(R"({"type":"object",")" + std::string(word) + R"(":5})");
      CHECK(schema.lost == word);
      CHECK(schema.json == R"({"type":"OBJECT"})");
    }
    CHECK(googleSchemaOf(R"({"enum":[1,2]})").lost == "enum");
    CHECK(googleSchemaOf(R"({"type":["string","integer"]})").json == R"({"type":"STRING"})");
    CHECK(googleSchemaOf(R"({"const":5})").lost == "const");
    CHECK(googleSchemaOf("nonsense").json.empty());
  }

  TEST_CASE("references without end and those that explode do end") {
    const GoogleSchema circle =
        googleSchemaOf(R"({"type":"object","properties":{"next":{"$ref":"#"}}})");
    CHECK(circle.lost == "$ref");
    CHECK(json::parse(circle.json));
    CHECK(googleSchemaOf(R"({"$ref":"#"})").lost == "$ref");
    CHECK(googleSchemaOf(R"({"$ref":"#/nowhere"})").lost == "$ref");
    std::string bomb = R"({"$defs":{"d0":{"type":"string"})";
    for (int i = 1; i < 20; ++i) {
      const std::string below = R"({"$ref":"#/$defs/d)" + std::to_string(i - 1) + R"("})";
      bomb += R"(,"d)" + std::to_string(i) + R"(":{"properties":{"a":)" + below + R"(,"b":)" +
              below + R"(,"c":)" + below + "}}";
    }
    const GoogleSchema exploded = googleSchemaOf(bomb + R"(},"$ref":"#/$defs/d19"})");
    CHECK(exploded.lost == "$ref");
    CHECK(exploded.json.size() < (4 << 20));
    // What is merged writes nothing that could become too large.
    std::string each = R"({"$ref":"#/$defs/a"})";
    for (int i = 1; i < 20; ++i) each += R"(,{"$ref":"#/$defs/a"})";
    const GoogleSchema merged =
        googleSchemaOf(R"({"$ref":"#/$defs/a","$defs":{"a":{"allOf":[)" + each + "]}}}");
    CHECK(merged.lost == "$ref");
    CHECK(json::parse(merged.json));
  }
}
