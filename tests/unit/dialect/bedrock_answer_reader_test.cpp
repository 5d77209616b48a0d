#include "dialect/bedrock_answer_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string answer(const std::string& content, const std::string& stop) {
  return R"({"output":{"message":{"role":"assistant","content":[)" + content +
         R"(]}},"stopReason":")" + stop +
         R"(","usage":{"inputTokens":5,"outputTokens":3},"serviceTier":{"type":"flex"}})";
}

}  // namespace

TEST_SUITE("dialect/bedrock_answer_reader") {
  TEST_CASE("reasons to stop, the tier and the usage") {
    using Reason = Stop::Reason;
    const auto read = readBedrockAnswer(answer(R"({"text":"Hi"})", "guardrail_intervened"), {});
    REQUIRE(read);
    CHECK(read->stop.reason == Reason::Refusal);
    CHECK(read->service_tier == "flex");
    CHECK(read->usage.input() == 5);
    CHECK(readBedrockAnswer(answer("", "model_context_window_exceeded"), {})->stop.reason ==
          Reason::ContextWindow);
    CHECK(readBedrockAnswer(answer("", "brand_new"), {})->stop.raw == "brand_new");
  }

  TEST_CASE("blocks of every kind") {
    const auto read = readBedrockAnswer(
        answer(
            R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},{"reasoningContent":{"redactedContent":"AA=="}},)"
            R"({"reasoningContent":{"other":1}},{"video":{}},{"toolUse":{"toolUseId":"t","name":"f","input":{"a":1}}})",
            "tool_use"),
        {});
    REQUIRE(read);
    CHECK(read->parts.at(0).as<ThinkingPart>()->signature == "s");
    CHECK(read->parts.at(1).as<RedactedThinkingPart>()->data == "AA==");
    CHECK(read->parts.at(2).as<OtherPart>()->type == "reasoningContent");
    CHECK(read->parts.at(3).as<OtherPart>()->type == "video");
    CHECK(read->parts.at(4).as<ToolCallPart>()->arguments == R"({"a":1})");
  }

  TEST_CASE("a made-up tool is the answer in JSON") {
    const auto read = readBedrockAnswer(
        answer(R"({"toolUse":{"toolUseId":"t","name":"json_answer","input":{"a":1}}})", "tool_use"),
        {"json_answer", {}});
    REQUIRE(read);
    CHECK(read->parts.at(0).as<TextPart>()->text == R"({"a":1})");
    CHECK(read->stop.reason == Stop::Reason::EndTurn);
  }

  TEST_CASE("what is no answer is an error of the provider's") {
    for (const std::string& body :
         {std::string("x"), std::string("{}"), std::string(R"({"output":{}})"),
          answer("", "malformed_model_output")}) {
      const auto read = readBedrockAnswer(body, {});
      REQUIRE_FALSE(read);
      CHECK(read.error().kind == ErrorKind::UpstreamFailed);
    }
  }
}
