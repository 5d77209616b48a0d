#include "json/document.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;

namespace {
json::Document parsed(std::string_view text) {
  auto document = json::parse(text);
  REQUIRE(document);
  return std::move(document).value();
}
}  // namespace

TEST_SUITE("json/document") {
  TEST_CASE("the inputs that crash RapidJSON are refused before it sees them") {
    CHECK(!json::parse("0." + std::string(400, '0') + "1e-2147483639"));
    CHECK(!json::parse(std::string(2 << 20, '[')));
    CHECK(!json::parse("\"\xFF\""));
    CHECK(!json::parse(""));
  }

  TEST_CASE("duplicate keys are refused at every level with their pointer") {
    const auto result = json::parse(R"({"a":[{"x/y":1,"b":2,"x/y":3}]})");
    REQUIRE(!result);
    CHECK(result.error().param == "/a/0/x~1y");
    CHECK(result.error().message == "the body has the key \"x/y\" twice");
  }

  TEST_CASE("a number beyond a double is refused") {
    const auto result = json::parse("[1e9999]", {}, "the config");
    REQUIRE(!result);
    CHECK(result.error().message.find("the config is not valid JSON: number out of range") == 0);
  }

  TEST_CASE("values read back by kind") {
    const auto document = parsed(R"({"s":"h\u00e9","i":-7,"w":5.0,"d":0.25,"b":true,"n":null,)"
                                 R"("u":18446744073709551615,"a":[1,"x"],"o":{"k":2}})");
    const auto root = document.root();
    CHECK(root.find("s")->asString() == "h\xC3\xA9");
    CHECK(root.find("i")->asInt() == -7);
    CHECK(root.find("w")->asInt() == 5);
    CHECK(root.find("d")->asDouble() == 0.25);
    CHECK(!root.find("d")->asInt());
    CHECK(root.find("b")->asBool() == true);
    CHECK(root.find("n")->isNull());
    CHECK(!root.find("u")->asInt());
    CHECK(root.find("a")->size() == 2);
    CHECK(root.find("a")->at(1).asString() == "x");
    CHECK(root.find("o")->intAt("k") == 2);
    CHECK(!root.find("missing"));
    CHECK(!root.find("a")->find("s"));
    CHECK(root.stringAt("s").has_value());
    CHECK(!root.stringAt("i"));
  }

  TEST_CASE("typed getters answer errors with the value's pointer") {
    const auto document = parsed(R"({"list":[{"name":5}]})");
    const auto name = document.root().find("list")->at(0).get("name");
    REQUIRE(name);
    const auto text = name->getString();
    REQUIRE(!text);
    CHECK(text.error().param == "/list/0/name");
    CHECK(text.error().message == "/list/0/name must be a string, not a number");
    const auto missing = document.root().get("nothing");
    REQUIRE(!missing);
    CHECK(missing.error().code == "missing_field");
    CHECK(missing.error().param == "/nothing");
  }

  TEST_CASE("iteration follows the order of the text, and text() writes it back compactly") {
    const auto document =
        parsed(" { \"b\" : [ 1 , 2.5 , null ] , \"a\" : { \"x\" : \"\\u0001\" } } ");
    std::string keys;
    for (const auto& [key, value] : document.root().members()) keys += key;
    CHECK(keys == "ba");
    double sum = 0;
    for (const auto value : document.root().find("b")->elements()) {
      sum += value.asDouble().value_or(0);
    }
    CHECK(sum == 3.5);
    CHECK(document.root().text() == R"({"b":[1,2.5,null],"a":{"x":"\u0001"}})");
    for (const auto value : document.root().elements()) FAIL(value.text());
  }

  TEST_CASE("references survive a move of the document") {
    auto document = parsed(R"({"a":1})");
    const auto value = *document.root().find("a");
    const json::Document moved = std::move(document);
    CHECK(value.asInt() == 1);
    CHECK(value.pointer() == "/a");
  }
}
