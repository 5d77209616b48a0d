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

  TEST_CASE("what is stored and gone on from is not for the request to say") {
    const auto has = [](const std::string& echo, const char* member) {
      return echo.find(member) != std::string::npos;
    };
    const std::string request = R"({"store":true,"previous_response_id":"resp_1"})";
    CHECK(has(responsesEcho(request), R"("store":false)"));
    CHECK(has(responsesEcho(request), R"("previous_response_id":null)"));
    const std::string kept = responsesEcho("{}", {true, "resp_2"});
    CHECK(has(kept, R"("store":true)"));
    CHECK(has(kept, R"("previous_response_id":"resp_2")"));
  }

  TEST_CASE("of what is no object the defaults are told") {
    CHECK(responsesEcho("[]") == responsesEcho("{}"));
  }
}
