#include "demo/chat_request.h"

#include "unit/demo/support.h"

namespace penstock::demo {
namespace {

constexpr std::string_view kWeather =
    R"("tools":[{"type":"function","function":{"name":"get_weather","parameters":{}}}])";

ApiError errorOf(std::string_view text) {
  const auto document = json::parse(text);
  REQUIRE(document);
  const auto request = readChatRequest(document->root());
  INFO(text);
  REQUIRE_FALSE(request);
  return request.error();
}

std::string withMessage(std::string_view more) {
  return R"({"model":"demo-chat","messages":[{"role":"user","content":"x"}],)" + std::string(more) +
         "}";
}

}  // namespace

TEST_SUITE("demo/chat_request") {
  TEST_CASE("a plain request has the defaults") {
    const auto read = userSays("hello");
    CHECK(read.request.model == "demo-chat");
    CHECK(read.request.last_user == "hello");
    CHECK(read.request.choices == 1);
    CHECK_FALSE(read.request.max_tokens);
    CHECK_FALSE(read.request.stream);
    CHECK(read.request.format == ChatRequest::Format::Text);
  }

  TEST_CASE("the newer token limit wins, and null means absent") {
    CHECK(userSays("x", R"("max_tokens":9,"max_completion_tokens":5)").request.max_tokens == 5);
    CHECK_FALSE(
        userSays("x", R"("max_tokens":null,"n":null,"stop":null,"tools":null)").request.max_tokens);
  }

  TEST_CASE("faults come from the model name and from the demo field, which wins") {
    const auto read = ReadRequest(R"({"model":"demo-chat:cut=3,pace=5","demo":{"cut":1},
                                      "messages":[{"role":"user","content":"x"}]})");
    CHECK(read.request.faults.cut == 1);
    CHECK(read.request.faults.pace == std::chrono::milliseconds(5));
  }

  TEST_CASE("missing required fields are named") {
    CHECK(errorOf(R"({"model":"demo-chat"})").param == "/messages");
    CHECK(errorOf(R"({"model":"demo-chat"})").code == "missing_field");
    CHECK(errorOf(R"({"messages":[]})").param == "/model");
    CHECK(errorOf(R"({"model":"m","messages":[{"content":"x"}]})").param == "/messages/0/role");
    CHECK(errorOf(R"({"model":"m","messages":[{"role":"user"}]})").param == "/messages/0/content");
  }

  TEST_CASE("wrong values name their field") {
    CHECK(errorOf(R"({"model":"m","messages":[]})").param == "/messages");
    CHECK(errorOf(R"({"model":"m","messages":"x"})").param == "/messages");
    CHECK(errorOf(R"({"model":7,"messages":[]})").param == "/model");
    CHECK(errorOf(R"({"model":"m","messages":[{"role":"king","content":""}]})").param ==
          "/messages/0/role");
    CHECK(errorOf(R"({"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]})").param ==
          "/messages/0/content/0/type");
    CHECK(errorOf(withMessage(R"("max_tokens":0)")).param == "/max_tokens");
    CHECK(errorOf(withMessage(R"("max_tokens":"5")")).param == "/max_tokens");
    CHECK(errorOf(withMessage(R"("n":99)")).param == "/n");
    CHECK(errorOf(withMessage(R"("temperature":3)")).param == "/temperature");
    CHECK(errorOf(withMessage(R"("stop":[1])")).param == "/stop/0");
    CHECK(errorOf(withMessage(R"("stream":"yes")")).param == "/stream");
    CHECK(errorOf(withMessage(R"("stream_options":{})")).param == "/stream_options");
    CHECK(errorOf(withMessage(R"("tools":[])")).param == "/tools");
    CHECK(errorOf(withMessage(R"("tools":[{"type":"function"}])")).param == "/tools/0/function");
    CHECK(errorOf(withMessage(R"("tool_choice":"required")")).param == "/tool_choice");
    CHECK(errorOf(withMessage(R"("response_format":{"type":"xml"})")).param ==
          "/response_format/type");
    CHECK(errorOf(withMessage(R"("response_format":{"type":"json_schema"})")).param ==
          "/response_format/json_schema");
    CHECK(errorOf("[]").code == "invalid_type");
  }

  TEST_CASE("a named tool must be on offer") {
    const std::string offer(kWeather);
    const auto read = userSays(
        "x", offer + R"(,"tool_choice":{"type":"function","function":{"name":"get_weather"}})");
    CHECK(read.request.named_tool == 0);
    CHECK(read.request.tool_choice == ChatRequest::ToolChoice::Required);
    CHECK(errorOf(withMessage(offer + R"(,"tool_choice":{"function":{"name":"other"}})")).param ==
          "/tool_choice");
  }

  TEST_CASE("unknown fields and tools of other types are ignored") {
    const auto read = userSays("x", R"("seed":1,"mlx:tags":{},"tools":[{"type":"web_search"}])");
    CHECK(read.request.tools.empty());
  }
}

}  // namespace penstock::demo
