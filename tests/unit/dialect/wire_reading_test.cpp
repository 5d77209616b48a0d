#include "dialect/wire_reading.h"

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/wire_reading") {
  TEST_CASE("places are told with dots and brackets") {
    CHECK(dottedPath("") == "");
    CHECK(dottedPath("/messages/0/content/12/text") == "messages[0].content[12].text");
    CHECK(dottedPath("/0/a") == "[0].a");
  }

  TEST_CASE("the place of an error is looked for once, however many there are") {
    std::string many = "[1";
    for (int i = 0; i < 100'000; ++i) many += ",1";
    const auto document = json::parse(many + "]");
    REQUIRE(document);
    Reading reading;
    for (const json::ValueRef each : document->root().elements()) reading.text(each);
    CHECK(reading.takeError().param == "[0]");
  }

  TEST_CASE("the first error stays") {
    const auto document = json::parse(R"({"a":{"b":[1]},"n":1.5})");
    REQUIRE(document);
    const auto root = document->root();
    Reading reading;
    CHECK(reading.text(root.find("a")->find("b")->at(0)) == "");
    CHECK(!reading.integer(*root.find("n")));
    CHECK(reading.number(*root.find("n")) == 1.5);
    REQUIRE(!reading.ok());
    const ApiError error = reading.takeError();
    CHECK(error.code == "invalid_type");
    CHECK(error.param == "a.b[0]");
    CHECK(error.message ==
          "Invalid type for 'a.b[0]': expected a string, but got a number instead.");
  }
}
