#include "dialect/openai_chat_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/openai_chat_reader") {
  TEST_CASE("what is wrong is named with its place") {
    struct Case {
      std::string text, code, param;
    };
    const std::string m = R"({"model":"m","messages":)";
    const std::vector<Case> cases = {
        {"[]", "invalid_type", ""},
        {R"({"messages":[]})", "missing_field", "model"},
        {R"({"model":"m"})", "missing_field", "messages"},
        {m + "1}", "invalid_type", "messages"},
        {m + "[1]}", "invalid_type", "messages[0]"},
        {m + R"([{"content":"x"}]})", "missing_field", "messages[0].role"},
        {m + R"([{"role":"king","content":"x"}]})", "invalid_value", "messages[0].role"},
        {m + R"([{"role":"user","content":7}]})", "invalid_type", "messages[0].content"},
        {m + R"([{"role":"user","content":[{"type":"text"}]}]})", "missing_field",
         "messages[0].content[0].text"},
        {m + R"([{"role":"user","content":[{"type":"image_url","image_url":{}}]}]})",
         "missing_field", "messages[0].content[0].image_url.url"},
        {m + R"([{"role":"tool","content":"x"}]})", "missing_field", "messages[0].tool_call_id"},
        {m + R"([{"role":"assistant","tool_calls":[{"id":"a"}]}]})", "missing_field",
         "messages[0].tool_calls[0].function.name"},
        {m + R"([],"tools":[{"function":{}}]})", "missing_field", "tools[0].function.name"},
        {m + R"([],"temperature":"hot"})", "invalid_type", "temperature"},
        {m + R"([],"max_tokens":1.5})", "invalid_type", "max_tokens"},
        {m + R"([],"stop":[1]})", "invalid_type", "stop[0]"},
        {m + R"([],"response_format":{"type":"json_schema"}})", "missing_field",
         "response_format.json_schema.schema"},
    };
    for (const Case& c : cases) {
      const auto request = readOpenAiChat(c.text);
      INFO(c.text);
      REQUIRE(!request);
      CHECK(request.error().code == c.code);
      CHECK(request.error().param == c.param);
    }
  }

  TEST_CASE("words that are new are kept, not refused") {
    const auto request = readOpenAiChat(
        R"({"model":"m","messages":[],"reasoning_effort":"heroic","tool_choice":"perhaps",)"
        R"("response_format":{"type":"poem"},"stream_options":{"include_obfuscation":false}})");
    REQUIRE(request);
    CHECK(request->extras.size() == 4);
    CHECK(!request->effort);
    CHECK(!request->tool_choice);
  }

  TEST_CASE("other servers' spellings are read") {
    const auto request =
        readOpenAiChat(R"({"model":"m","messages":[{"role":"user","content":["a",{"text":"b"},)"
                       R"({"type":"image_url","image_url":"https://x"},)"
                       R"({"type":"file","file":{"file_data":"JVBERi0="}}]},)"
                       R"({"role":"assistant","reasoning":"r","tool_calls":[{"id":"c","function":)"
                       R"({"name":"f","arguments":{"a":1}}}]}],"stop":"x","mlx:tags":{"a":"b"}})");
    REQUIRE(request);
    const auto& user = request->messages[0].parts;
    REQUIRE(user.size() == 4);
    CHECK(user[0].as<TextPart>()->text == "a");
    CHECK(user[1].as<TextPart>()->text == "b");
    CHECK(user[2].as<ImagePart>()->source.kind == Source::Kind::Url);
    CHECK(user[3].as<DocumentPart>()->source.media_type == "application/pdf");
    const auto& assistant = request->messages[1].parts;
    REQUIRE(assistant.size() == 2);
    CHECK(assistant[0].as<ThinkingPart>()->text == "r");
    CHECK(assistant[1].as<ToolCallPart>()->arguments == R"({"a":1})");
    CHECK(request->stop == std::vector<std::string>{"x"});
    CHECK(request->extras.empty());
  }
}
