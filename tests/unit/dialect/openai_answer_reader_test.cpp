#include "dialect/openai_answer_reader.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/openai_answer_reader") {
  TEST_CASE("what is no answer is the provider's failure") {
    for (const char* body : {"", "[]", "{}", R"({"choices":[]})", R"({"choices":[{}]})",
                             R"({"choices":[{"message":"x"}]})", "<html>"}) {
      const auto answer = readOpenAiAnswer(body);
      REQUIRE(!answer);
      CHECK(answer.error().kind == ErrorKind::UpstreamFailed);
      CHECK(answer.error().code == "invalid_response");
    }
  }

  TEST_CASE("odd members are left out") {
    const auto answer = readOpenAiAnswer(
        R"({"choices":[{"message":{"content":"x","refusal":5,"tool_calls":"none","new":[1]}}]})");
    REQUIRE(answer);
    REQUIRE(!answer->parts.empty());
    CHECK(answer->parts[0].as<TextPart>()->text == "x");
    CHECK(answer->stop.reason == Stop::Reason::EndTurn);
  }

  TEST_CASE("a call that ends with stop is a call") {
    const auto answer = readOpenAiAnswer(
        R"({"choices":[{"finish_reason":"stop","message":{"tool_calls":[{"id":"a","function":)"
        R"({"name":"f","arguments":"{}"}}]}}]})");
    REQUIRE(answer);
    CHECK(answer->stop.reason == Stop::Reason::ToolUse);
  }
}
