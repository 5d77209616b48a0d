#include "dialect/responses_errors.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/responses_errors") {
  TEST_CASE("an error event has all that the official client's type requires") {
    CHECK(
        renderResponsesErrorEvent(invalidRequest("c", "m", "p"), 7) ==
        "event: error\ndata: {\"type\":\"error\",\"code\":\"c\",\"message\":\"m\",\"param\":\"p\","
        "\"sequence_number\":7}\n\n");
    CHECK(renderResponsesErrorEvent(UpstreamError{"m", "t", "", ""}, 0) ==
          "event: error\ndata: {\"type\":\"error\",\"code\":\"t\",\"message\":\"m\",\"param\":null,"
          "\"sequence_number\":0}\n\n");
  }

  TEST_CASE("errors are read wherever they are, and told their type by their code") {
    struct Case {
      std::string body, message, type;
    };
    for (
        const Case& one : std::vector<Case>{
            {R"({"error":{"message":"a","type":"tokens","code":"rate_limit_exceeded"}})", "a",
             "tokens"},
            {R"({"type":"error","code":"rate_limit_exceeded","message":"b"})", "b",
             "rate_limit_error"},
            {R"({"type":"response.failed","response":{"error":{"code":"server_error","message":"c"}}})",
             "c", "server_error"},
            {R"({"response":{"error":{"code":"image_too_large","message":"d"}}})", "d",
             "invalid_request_error"},
            {R"({"status":"failed","error":{"code":"server_error","message":"e"}})", "e",
             "server_error"}}) {
      INFO(one.body);
      const UpstreamError error = parseResponsesError(one.body, 502);
      CHECK(error.message == one.message);
      CHECK(error.type == one.type);
    }
  }

  TEST_CASE("a failed response has one of its own codes") {
    CHECK(responsesErrorCode({"", "rate_limit_error", "", ""}, 429) == "rate_limit_exceeded");
    CHECK(responsesErrorCode({"", "invalid_request_error", "", ""}, 400) == "invalid_prompt");
    CHECK(responsesErrorCode({"", "overloaded_error", "", ""}, 529) == "server_error");
  }
}
