#include "dialect/responses_answer_reader.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/responses_answer_reader") {
  TEST_CASE("a response that has failed is the provider's error") {
    const auto failed = readResponsesAnswer(
        R"({"status":"failed","error":{"code":"server_error","message":"Sorry."},"output":[]})");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::UpstreamFailed);
    CHECK(failed.error().code == "server_error");
    CHECK(failed.error().message == "Sorry.");
  }

  TEST_CASE("what has not ended or is no response is no answer") {
    for (const char* body : {R"({"status":"queued","output":[]})", R"({"status":"completed"})",
                             R"({"output":{}})", "[]", "<html>"}) {
      INFO(body);
      const auto answer = readResponsesAnswer(body);
      REQUIRE_FALSE(answer);
      CHECK(answer.error().code == "invalid_response");
    }
  }

  TEST_CASE("items that are odd are left out or kept as they are") {
    const auto answer = readResponsesAnswer(
        R"({"id":"resp_1","output":[5,{"type":"new_call","x":1},{"type":"message","role":)"
        R"("assistant","content":[{"type":"output_text","text":"Hi"},{"type":"new"}]}]})");
    REQUIRE(answer);
    CHECK(answer->parts.size() == 3);
    CHECK(answer->stop.reason == Stop::Reason::EndTurn);
  }
}
