#include "dialect/bedrock_request_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/anthropic_request_reader.h"
#include "dialect/openai_chat_reader.h"
#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

constexpr const char* kClaude = "anthropic.claude-opus-4-6-v1";

std::string written(const Result<ChatRequest>& request, std::string_view model, Losses& losses) {
  REQUIRE(request);
  const auto body = writeBedrockConverse(*request, bedrockTargetOf(model), losses);
  if (body) CHECK(json::parse(body->body));
  return body ? body->body : body.error().message;
}

std::string fromOpenAi(const std::string& members, std::string_view model = kClaude) {
  Losses losses(Dialect::OpenAi);
  return written(readOpenAiChat(R"({"model":"m",)" + members + "}"), model, losses);
}

std::string lossesOf(const std::string& members, std::string_view model) {
  Losses losses(Dialect::OpenAi);
  written(readOpenAiChat(R"({"model":"m",)" + members + "}"), model, losses);
  return losses.header();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string kUser = R"({"role":"user","content":"x"})";
const std::string kTool =
    R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])";
const std::string kLoop =
    R"({"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
    R"({"role":"tool","tool_call_id":"c1","content":""})";

}  // namespace

TEST_SUITE("dialect/bedrock_request_writer") {
  TEST_CASE("neighbours of one role are one message, and the user's is first") {
    CHECK(has(fromOpenAi("\"messages\":[" + kUser + "," + kUser + "]"),
              R"("messages":[{"role":"user","content":[{"text":"x"},{"text":"x"}]}])"));
    CHECK(has(fromOpenAi(R"("messages":[{"role":"assistant","content":"Hi"},)" + kUser + "]"),
              "wants the user's first"));
    CHECK(has(fromOpenAi("\"messages\":[" + kUser + R"(,{"role":"assistant","content":"And"}])"),
              "does not go on with an assistant's"));
    CHECK(has(fromOpenAi(R"("messages":[{"role":"user","content":" "}])"), "none says anything"));
  }

  TEST_CASE("messages that hold calls have tools beside them") {
    const std::string body = fromOpenAi("\"messages\":[" + kUser + "," + kLoop + "]");
    CHECK(has(body, R"("toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":)"));
    CHECK(has(body, R"({"toolResult":{"toolUseId":"c1","content":[{"json":{}}]}})"));
    const std::string none =
        "\"messages\":[" + kUser + "," + kLoop + "]" + kTool + R"(,"tool_choice":"none")";
    CHECK(has(fromOpenAi(none), R"("toolChoice":{"auto":{}})"));
    CHECK(lossesOf(none, kClaude) == "tool_choice");
    CHECK_FALSE(has(fromOpenAi("\"messages\":[" + kUser + "]" + kTool + R"(,"tool_choice":"none")"),
                    "toolConfig"));
  }

  TEST_CASE("choices of tools, as far as the model takes them") {
    const std::string named = "\"messages\":[" + kUser + "]" + kTool +
                              R"(,"tool_choice":{"type":"function","function":{"name":"f"}})";
    CHECK(has(fromOpenAi(named), R"("toolChoice":{"tool":{"name":"f"}})"));
    CHECK(has(fromOpenAi(named, "meta.llama3"), R"("toolChoice":{"auto":{}})"));
    CHECK(lossesOf(named, "meta.llama3") == "tool_choice");
    CHECK(has(
        fromOpenAi(named + R"(,"parallel_tool_calls":false)"),
        R"("additionalModelRequestFields":{"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}})"));
    CHECK(lossesOf(named + R"(,"parallel_tool_calls":false)", "amazon.nova-pro-v1:0") ==
          "parallel_tool_calls");
  }

  TEST_CASE("Claude thinks by its own fields, Nova by an effort, others not") {
    const std::string high = "\"messages\":[" + kUser + R"(],"reasoning_effort":"high")";
    CHECK(has(fromOpenAi(high),
              R"("additionalModelRequestFields":{"thinking":{"type":"adaptive"}})"));
    CHECK(has(fromOpenAi(high), R"("outputConfig":{"effort":"high"})"));
    CHECK(has(fromOpenAi(high, "anthropic.claude-sonnet-4-5-v1:0"),
              R"("thinking":{"type":"enabled","budget_tokens":8192})"));
    CHECK(has(fromOpenAi(high, "amazon.nova-2-lite-v1:0"),
              R"("reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"})"));
    CHECK(lossesOf(high, "meta.llama3") == "reasoning_effort");
    CHECK(lossesOf(high, "amazon.nova-pro-v1:0") == "reasoning_effort");
  }

  TEST_CASE("answers in JSON: a format, a tool or an instruction") {
    const std::string schema =
        "\"messages\":[" + kUser +
        R"(],"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}})";
    CHECK(has(
        fromOpenAi(schema),
        R"("textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\"}","name":"a"}}})"));
    CHECK(has(fromOpenAi(schema, "amazon.nova-pro-v1:0"),
              R"("toolChoice":{"tool":{"name":"json_answer"}})"));
    CHECK(has(fromOpenAi(schema, "meta.llama3"), "Answer with one JSON object"));
    CHECK(lossesOf(schema, "meta.llama3") == "response_format");
  }

  TEST_CASE("documents have plain names that differ, what is not inside is refused") {
    const auto file = [](const std::string& name) {
      return R"({"type":"file","file":{"filename":")" + name +
             R"(","file_data":"data:application/pdf;base64,AA=="}})";
    };
    const std::string body =
        fromOpenAi(R"("messages":[{"role":"user","content":[)" + file("a_b..pdf") + "," +
                   file("a b pdf") + R"(,{"type":"text","text":"x"}]}])");
    CHECK(has(body, R"("name":"a b pdf","source":{"bytes":"AA=="})"));
    CHECK(has(body, R"x("name":"a b pdf (2)")x"));
    CHECK(has(
        fromOpenAi(
            R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b.png"}}]}])"),
        "the provider fetches nothing"));
    CHECK(has(
        fromOpenAi(
            R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/tiff;base64,AA=="}}]}])"),
        "is of no kind that the provider takes"));
  }

  TEST_CASE("cache marks are points after what they end, four at most") {
    const std::string marked =
        R"({"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}})";
    const std::string body = R"({"model":"m","max_tokens":9,"system":[)" + marked +
                             R"(],"messages":[{"role":"user","content":[)" + marked + "," + marked +
                             "," + marked + "," + marked + "]}]}";
    Losses losses(Dialect::Anthropic);
    const std::string told = written(readAnthropicMessages(body), kClaude, losses);
    CHECK(has(told, R"("system":[{"text":"x"},{"cachePoint":{"type":"default","ttl":"1h"}}])"));
    size_t points = 0;
    for (size_t at = 0; (at = told.find("cachePoint", at)) != std::string::npos; ++at) ++points;
    CHECK(points == 4);
    CHECK(losses.header() == "messages.content.cache_control");
    Losses others(Dialect::Anthropic);
    CHECK_FALSE(has(written(readAnthropicMessages(body), "meta.llama3", others), "cachePoint"));
  }

  TEST_CASE("thinking goes back to Claude alone, and only its own") {
    const auto thought = [](const std::string& signature, std::string_view model) {
      Losses losses(Dialect::Anthropic);
      return written(
          readAnthropicMessages(
              R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant",)"
              R"("content":[{"type":"thinking","thinking":"hm","signature":")" +
              signature + R"("},{"type":"text","text":"y"}]},{"role":"user","content":"x"}]})"),
          model, losses);
    };
    CHECK(has(thought("EqQB", kClaude),
              R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"EqQB"}}})"));
    CHECK_FALSE(has(thought("gemini:c2ln", kClaude), "reasoningContent"));
    CHECK_FALSE(has(thought("EqQB", "amazon.nova-pro-v1:0"), "reasoningContent"));
  }

  TEST_CASE("the rest of what Converse knows") {
    const std::string body = fromOpenAi(
        "\"messages\":[" + kUser +
            R"(],"max_tokens":9,"temperature":0.5,"stop":["a"," "],"user":"u-1","service_tier":"flex")",
        "meta.llama3");
    CHECK(
        has(body, R"("inferenceConfig":{"maxTokens":9,"temperature":0.5,"stopSequences":["a"]})"));
    CHECK(has(body, R"("requestMetadata":{"user":"u-1"})"));
    CHECK(has(body, R"("serviceTier":{"type":"flex"})"));
    CHECK(lossesOf("\"messages\":[" + kUser + R"(],"user":"ü","seed":1,"n":1,"logit_bias":{"1":1})",
                   kClaude) == "seed, user, logit_bias");
  }
}
