#include "dialect/responses_echo.h"

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/responses_echo") {
  TEST_CASE("a response repeats its request, without the line breaks that would break a stream") {
    const std::string echo =
        responsesEcho("{\"model\":\"m\",\n\"tools\":[\n{\"a\":1}\n],\"user\":null}");
    CHECK(echo.find('\n') == std::string::npos);
    const auto document = json::parse("{" + echo + "}");
    REQUIRE(document);
    CHECK(document->root().find("tools")->text() == R"([{"a":1}])");
    CHECK(document->root().stringAt("truncation") == "disabled");
    CHECK_FALSE(document->root().find("user"));
    CHECK_FALSE(document->root().find("model"));
  }

  TEST_CASE("nothing is said to be stored, whatever was asked for") {
    CHECK(responsesEcho(R"({"store":true})").find(R"("store":false)") != std::string::npos);
    CHECK(responsesEcho("{}").find(R"("store":false)") != std::string::npos);
  }

  TEST_CASE("of what is no object the defaults are told") {
    CHECK(responsesEcho("[]") == responsesEcho("{}"));
  }
}
