#include "dialect/anthropic_request_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/anthropic_request_reader") {
  TEST_CASE("what is wrong is named with its place") {
    struct Case {
      std::string text, code, param;
    };
    const std::string m = R"({"model":"m","max_tokens":9,"messages":)";
    const std::vector<Case> cases = {
        {R"({"max_tokens":9,"messages":[]})", "missing_field", "model"},
        {R"({"model":"m","max_tokens":9})", "missing_field", "messages"},
        {m + R"([{"role":"user"}]})", "missing_field", "messages[0].content"},
        {m + R"([{"role":"tool","content":"x"}]})", "invalid_value", "messages[0].role"},
        {m + R"([{"role":"user","content":[1]}]})", "invalid_type", "messages[0].content[0]"},
        {m + R"([{"role":"user","content":[{"type":"text"}]}]})", "missing_field",
         "messages[0].content[0].text"},
        {m + R"([{"role":"user","content":[{"type":"tool_result"}]}]})", "missing_field",
         "messages[0].content[0].tool_use_id"},
        {m + R"([{"role":"assistant","content":[{"type":"tool_use","id":"a"}]}]})", "missing_field",
         "messages[0].content[0].name"},
        {m + R"([],"system":5})", "invalid_type", "system"},
        {m + R"([],"tools":[{}]})", "missing_field", "tools[0].name"},
        {m + R"([],"tool_choice":{"type":"tool"}})", "missing_field", "tool_choice.name"},
        {m + R"([],"thinking":{"type":"enabled"}})", "missing_field", "thinking.budget_tokens"},
        {m + R"([],"stop_sequences":"x"})", "invalid_type", "stop_sequences"},
    };
    for (const Case& c : cases) {
      const auto request = readAnthropicMessages(c.text);
      INFO(c.text);
      REQUIRE(!request);
      CHECK(request.error().code == c.code);
      CHECK(request.error().param == c.param);
    }
  }

  TEST_CASE("words and blocks that are new are kept, not refused") {
    const auto request = readAnthropicMessages(
        R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)"
        R"({"type":"hologram","x":1},{"type":"image","source":{"type":"telepathy"}}]}],)"
        R"("thinking":{"type":"deep"},"tool_choice":{"type":"perhaps"},)"
        R"("output_config":{"effort":"heroic"},"metadata":{"user_id":"u","x":1}})");
    REQUIRE(request);
    CHECK(request->extras.size() == 4);
    REQUIRE(request->messages[0].parts.size() == 2);
    CHECK(request->messages[0].parts[0].as<OtherPart>()->type == "hologram");
    CHECK(request->messages[0].parts[1].as<OtherPart>()->type == "image");
  }

  TEST_CASE("members named nearly as those that are known are kept as any other") {
    for (const std::string name : {"text ", " text", "te", "", " ", "text type"}) {
      INFO(name);
      const auto request = readAnthropicMessages(
          R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)"
          R"({"type":"text","text":"a",")" +
          name + R"(":"b"}]}]})");
      REQUIRE(request);
      const Part& part = request->messages.at(0).parts.at(0);
      CHECK(part.as<TextPart>()->text == "a");
      REQUIRE(part.extras.size() == 1);
      CHECK(part.extras[0].name == name);
    }
  }

  TEST_CASE("the system prompt is the first message, wherever it stands in the body") {
    const auto request = readAnthropicMessages(
        R"({"messages":[{"content":"x","role":"user"}],"system":[{"type":"text","text":"s"}],)"
        R"("max_tokens":9,"model":"m"})");
    REQUIRE(request);
    REQUIRE(request->messages.size() == 2);
    CHECK(request->messages[0].role == Role::System);
    CHECK(request->messages[1].role == Role::User);
  }
}
