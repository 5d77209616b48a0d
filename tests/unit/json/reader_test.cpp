#include "json/reader.h"

#include <doctest/doctest.h>

#include <string>

#include "json/document.h"

using namespace penstock;
using json::ObjectReader;

namespace {
json::Document parsed(std::string_view text) {
  auto document = json::parse(text);
  REQUIRE(document);
  return std::move(document).value();
}
}  // namespace

TEST_SUITE("json/reader") {
  TEST_CASE("fields are read by type in either spelling") {
    const auto document = parsed(R"({"name":"k","rateLimitRpm":60,"ratio":0.5,"is_default":true,
        "role":"admin","tags":["a","b"],"config":{"model":"m","x":[1]},"gone":null})");
    ObjectReader body(document.root());
    CHECK(body.requireString("name", {.min = 1}) == "k");
    CHECK(body.integer("rate_limit_rpm", {.min = 1}) == 60);
    CHECK(body.number("ratio") == 0.5);
    CHECK(body.boolean("is_default") == true);
    CHECK(body.choice("role", {"owner", "admin"}) == 1u);
    CHECK(body.strings("tags") == std::vector<std::string>{"a", "b"});
    CHECK(body.rawJson("config") == R"({"model":"m","x":[1]})");
    CHECK(body.isNull("gone"));
    CHECK(!body.string("absent"));
    CHECK(body.finish());
  }

  TEST_CASE("every error is collected with its pointer") {
    const auto document = parsed(R"({"name":"","rateLimitRpm":0,"role":"king","tags":["ok",5],
        "policy":{"model":7,"surprise":1},"a/b":1,"flag":"yes","list":[{"id":"x"},3]})");
    ObjectReader body(document.root());
    body.requireString("name", {.min = 1, .max = 10});
    body.requireString("slug");
    body.integer("rate_limit_rpm", {.min = 1, .max = 9});
    body.choice("role", {"owner", "admin"});
    body.strings("tags");
    body.boolean("flag");
    body.object("policy", [](ObjectReader& policy) { policy.string("model"); });
    body.objects("list", [](ObjectReader& item) { item.requireString("id"); });
    const auto status = body.finish();
    REQUIRE(!status);
    const ApiError& error = status.error();
    CHECK(error.kind == ErrorKind::Unprocessable);
    CHECK(error.code == "validation_error");
    CHECK(error.param == "/name");
    CHECK(error.message == "/name: must not be empty (and 9 more)");
    std::string all;
    for (const auto& field : error.fields) all += field.param + ": " + field.message + "\n";
    CHECK(all ==
          "/name: must not be empty\n/slug: is required\n"
          "/rateLimitRpm: must be between 1 and 9\n/role: must be one of owner, admin\n"
          "/tags/1: must be a string\n/flag: must be true or false\n"
          "/policy/model: must be a string\n/policy/surprise: unknown field\n"
          "/list/1: must be an object\n/a~1b: unknown field\n");
  }

  TEST_CASE("lengths count characters, not bytes") {
    const auto document = parsed("{\"a\":\"\xC3\xA9\xC3\xA9\xC3\xA9\"}");
    ObjectReader good(document.root());
    CHECK(good.string("a", {.max = 3}));
    ObjectReader bad(document.root());
    CHECK(!bad.string("a", {.max = 2}));
    CHECK(bad.finish().error().message == "/a: must have at most 2 characters");
  }

  TEST_CASE("control characters are refused where a text is one line") {
    constexpr json::StringBounds kLine{.controls = json::Controls::Refused};
    for (const char* text :
         {"a\\nb", "\\t", "\\u0000", "\\u007f", "\\u0085", "\\u2028", "x\\u2029"}) {
      INFO(text);
      const auto document = parsed(R"({"name":")" + std::string(text) + "\"}");
      ObjectReader line(document.root());
      CHECK_FALSE(line.string("name", kLine));
      CHECK_FALSE(line.finish());
      ObjectReader any(document.root());
      CHECK(any.string("name"));
      CHECK(any.finish());
    }
    const auto document = parsed(R"({"name":"Zürich – \u00a0\u202f€ 東京"})");
    ObjectReader body(document.root());
    CHECK(body.string("name", kLine));
  }

  TEST_CASE("who stops reading at an error is not told of the fields after it") {
    const auto document = json::parse(R"({"a":1,"b":2})");
    json::ObjectReader body(document->root());
    body.fail("a", "is wrong");
    body.ignoreRest();
    const auto checked = body.finish();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().fields.size() == 1);
  }

  TEST_CASE("both spellings at once are an error") {
    const auto document = parsed(R"({"end_user":"a","endUser":"b"})");
    ObjectReader body(document.root());
    body.requireString("end_user");
    CHECK(body.finish().error().fields.size() == 1);
  }

  TEST_CASE("null is a wrong value unless it was asked for") {
    const auto document = parsed(R"({"a":null})");
    ObjectReader body(document.root());
    CHECK(!body.string("a"));
    CHECK(!body.ok());
  }

  TEST_CASE("a body that is no object is one error") {
    const auto document = parsed("[1]");
    ObjectReader body(document.root());
    body.requireString("name");
    const auto status = body.finish();
    REQUIRE(!status);
    CHECK(status.error().message == "body: must be an object");
    CHECK(status.error().fields.size() == 1);
  }

  TEST_CASE("a caller's own check lands at its field") {
    const auto document = parsed(R"({"baseUrl":"ftp://x"})");
    ObjectReader body(document.root());
    if (body.string("base_url")) body.fail("base_url", "must be an http or https URL");
    CHECK(body.finish().error().param == "/baseUrl");
  }
}
