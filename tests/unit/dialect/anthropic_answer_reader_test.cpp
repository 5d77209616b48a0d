#include "dialect/anthropic_answer_reader.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/anthropic_answer_reader") {
  TEST_CASE("what is no answer is the provider's failure") {
    for (const char* body : {"", "[]", "{}", R"({"content":"x"})", "<html>"}) {
      const auto answer = readAnthropicAnswer(body, {});
      REQUIRE(!answer);
      CHECK(answer.error().code == "invalid_response");
    }
  }

  TEST_CASE("calls that a writer made up are what they stand for") {
    const char* body =
        R"({"content":[{"type":"tool_use","id":"a","name":"json_answer","input":{"x":1}},)"
        R"({"type":"tool_use","id":"b","name":"shell","input":{"input":"ls"}}],)"
        R"("stop_reason":"tool_use"})";
    const auto answer = readAnthropicAnswer(body, {"json_answer", {"shell"}});
    REQUIRE(answer);
    CHECK(answer->parts[0].as<TextPart>()->text == R"({"x":1})");
    CHECK(answer->parts[1].as<ToolCallPart>()->kind == ToolKind::Custom);
    CHECK(answer->parts[1].as<ToolCallPart>()->arguments == "ls");
    CHECK(answer->stop.reason == Stop::Reason::ToolUse);
    const auto plain = readAnthropicAnswer(body, {});
    CHECK(plain->parts[0].is<ToolCallPart>());
  }

  TEST_CASE("free input that is not wrapped as asked is told whole") {
    CHECK(customInput(R"({"input":"a\"b"})") == "a\"b");
    CHECK(customInput(R"({"other":1})") == R"({"other":1})");
    CHECK(customInput("cut {") == "cut {");
  }
}
