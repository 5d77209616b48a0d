#include "json/schema.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::json;

TEST_SUITE("json/schema") {
  TEST_CASE("a value conforms, or not") {
    const Schema schema =
        Schema::compile(R"({"type":"object","required":["a"],"properties":{"a":{"type":"string"},)"
                        R"("pattern":{"type":"integer"},"b":{}},"dependencies":{"a":["b"]}})")
            .value();
    CHECK(schema.accepts(R"({"a":"x","b":1})"));
    CHECK(schema.accepts(R"({"a":"x","b":1,"pattern":2})"));
    for (const char* value : {R"({"a":"x"})", R"({"a":1,"b":1})", "{}", "[]", "", "no JSON",
                              R"({"a":"x","b":1,"pattern":"x"})"})
      CHECK_FALSE(schema.accepts(value));
  }

  TEST_CASE("what RapidJSON would end or hang with is refused, and named") {
    struct Case {
      std::string schema, named;
    };
    const Case cases[] = {
        {R"({"$ref":"#"})", "$ref"},
        {R"({"patternProperties":5})", "patternProperties"},
        {R"({"patternProperties":{"{2}":{}}})", "patternProperties"},
        {R"({"pattern":"{2}"})", "pattern"},
        {R"({"pattern":"()a"})", "pattern"},
        {R"({"pattern":"(a*)*"})", "pattern"},
        {R"({"pattern":"a{2000000000}"})", "pattern"},
        {R"({"anyOf":[{"items":{"properties":{"x":{"pattern":"{3}"}}}}]})", "pattern"},
        {R"({"properties":{"a":{}},"dependencies":{"a":[1]}})", "dependencies"},
        {R"({"allOf":[5]})", "allOf"},
        {R"({"not":true})", "not"},
        {R"({"default":{"items":[true]}})", "items"},
    };
    for (const Case& c : cases) {
      INFO(c.schema);
      const auto compiled = Schema::compile(c.schema);
      REQUIRE_FALSE(compiled);
      CHECK(compiled.error().code == "invalid_schema");
      CHECK(compiled.error().message.find('"' + c.named + '"') != std::string::npos);
    }
  }

  TEST_CASE("keywords of the wrong type are ignored or refused, never followed") {
    for (const std::string keyword : {"type",
                                      "enum",
                                      "allOf",
                                      "anyOf",
                                      "oneOf",
                                      "not",
                                      "properties",
                                      "required",
                                      "dependencies",
                                      "additionalProperties",
                                      "minProperties",
                                      "items",
                                      "additionalItems",
                                      "minItems",
                                      "uniqueItems",
                                      "minLength",
                                      "pattern",
                                      "minimum",
                                      "exclusiveMinimum",
                                      "multipleOf"}) {
      for (const char* value : {"5", "-1", "1.5e300", "true", "null", "[]", "{}", "[5]",
                                R"({"a":5})", R"([{"a":[]}])", R"({"a":[]})", R"({"a":["a"]})"}) {
        const std::string schema = "{\"" + keyword + "\":" + value + "}";
        INFO(schema);
        const auto compiled = Schema::compile(schema);
        if (compiled) {
          for (const char* reply : {R"({"a":"x"})", "[1,1]", "\"x\"", "5", "null"})
            static_cast<void>(compiled->accepts(reply));
        }
      }
    }
  }
}
