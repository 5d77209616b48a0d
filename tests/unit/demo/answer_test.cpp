#include "demo/answer.h"

#include <doctest/doctest.h>

namespace penstock::demo {

TEST_SUITE("demo/answer") {
  TEST_CASE("a JSON pointer is spelled as OpenAI spells places") {
    CHECK(paramOf("") == "");
    CHECK(paramOf("/model") == "model");
    CHECK(paramOf("/messages/0/content/2/type") == "messages[0].content[2].type");
  }

  TEST_CASE("errors have OpenAI's four members") {
    const auto response = errorAnswer(invalidRequest("missing_field", "No 'x'.", "/x"));
    CHECK(response.status == 400);
    CHECK(response.body == R"({"error":{"message":"No 'x'.","type":"invalid_request_error",)"
                           R"("param":"x","code":"missing_field"}})");
  }

  TEST_CASE("a fault has the status asked for and the type that goes with it") {
    CHECK(faultAnswer(429).body.find("rate_limit_error") != std::string::npos);
    CHECK(faultAnswer(503).status == 503);
    CHECK(faultAnswer(503).body.find("server_error") != std::string::npos);
    CHECK(faultAnswer(418).body.find("invalid_request_error") != std::string::npos);
  }
}

}  // namespace penstock::demo
