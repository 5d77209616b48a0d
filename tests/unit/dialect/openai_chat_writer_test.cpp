#include "dialect/openai_chat_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/openai_chat_reader.h"
#include "support/fuzz.h"
#include "unit/dialect/random_chat.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

// Everything that the model can hold of OpenAI's, in the form that the writer uses where OpenAI has
// several: a lone text is no array, "stop" is one, a stream asks for its usage.
class RandomRequest {
 public:
  explicit RandomRequest(std::mt19937& random) : r_(random) {}

  std::string make() {
    Members body;
    body.add("model", "\"m\"").add("messages", messages());
    if (r_.chance(50)) body.add("max_completion_tokens", std::to_string(1 + r_.below(5000)));
    for (const char* key : {"temperature", "top_p", "presence_penalty", "frequency_penalty"})
      if (r_.chance(30)) body.add(key, r_.number());
    for (const char* key : {"seed", "top_k"})
      if (r_.chance(20)) body.add(key, std::to_string(r_.below(100)));
    if (r_.chance(10)) body.add("n", "3");
    if (r_.chance(20)) body.add("stop", arrayOf({r_.quotedWords(), r_.quotedWords()}));
    if (r_.chance(30)) body.add("reasoning_effort", r_.pick({R"("none")", R"("low")", R"("max")"}));
    if (r_.chance(30)) body.add("user", r_.quotedWords());
    if (r_.chance(20)) body.add("service_tier", R"("flex")");
    if (r_.chance(40))
      body.add("stream", "true").add("stream_options", R"({"include_usage":true})");
    if (r_.chance(50)) addTools(body);
    if (r_.chance(40)) body.add("response_format", format());
    if (r_.chance(30)) body.add("logit_bias", R"({"50256":-100})");
    if (r_.chance(30)) body.add("metadata", R"({"k":"v"})");
    if (r_.chance(30)) body.add("something_new", r_.object());
    return body.shuffled(r_);
  }

 private:
  std::string messages() {
    std::vector<std::string> all;
    for (int i = 1 + r_.below(6); i > 0; --i) all.push_back(message());
    return arrayOf(all);
  }

  std::string message() {
    Members one;
    if (r_.chance(20)) one.add("name", r_.quotedWords());
    switch (r_.below(5)) {
      case 0: one.add("role", R"("system")").add("content", texts()); break;
      case 1: one.add("role", R"("developer")").add("content", texts()); break;
      case 2: one.add("role", R"("user")").add("content", userContent()); break;
      case 3:
        one.add("role", R"("tool")").add("tool_call_id", json::quoted(r_.name("call_", 9)));
        one.add("content", texts());
        break;
      default: addAssistant(one.add("role", R"("assistant")"));
    }
    return one.shuffled(r_);
  }

  void addAssistant(Members& one) {
    const bool calls = r_.chance(50);
    one.add("content", calls && r_.chance(50) ? "null" : texts());
    if (r_.chance(20)) one.add("refusal", r_.quotedWords());
    if (r_.chance(20)) one.add("audio", R"({"id":"audio_1"})");
    if (r_.chance(20)) {
      one.add("reasoning_content", r_.quotedWords());
    } else if (r_.chance(30)) {
      const std::string thought = r_.quotedWords();
      one.add("reasoning_content", thought);
      one.add("thinking_blocks",
              arrayOf({R"({"type":"thinking","signature":"s1","thinking":)" + thought + "}",
                       R"({"type":"redacted_thinking","data":"d1"})"}));
    }
    if (calls) one.add("tool_calls", arrayOf({call(), call()}));
  }

  std::string call() {
    Members one;
    one.add("id", json::quoted(r_.name("call_", 9)));
    if (r_.chance(20)) one.add("extra_content", R"({"google":{"thought_signature":"x"}})");
    if (r_.chance(20)) {
      one.add("type", R"("custom")");
      one.add("custom", R"({"name":"shell","input":)" + r_.quotedWords() + "}");
    } else {
      const std::string arguments = r_.chance(20) ? "{\"cut\":" : r_.object();
      one.add("type", R"("function")");
      one.add("function", R"({"name":"f","arguments":)" + json::quoted(arguments) + "}");
    }
    return one.shuffled(r_);
  }

  std::string mark() {
    return r_.pick({R"({"mode":"explicit"})", R"({"mode":"explicit","ttl":"30m"})",
                    R"({"mode":"explicit","ttl":"12h"})"});
  }

  std::string part(std::string_view type, std::string_view key, std::string value, int marked) {
    Members one;
    one.add("type", json::quoted(type)).add(key, std::move(value));
    if (r_.chance(marked)) one.add("prompt_cache_breakpoint", mark());
    if (r_.chance(10)) one.add("new_member", r_.object());
    return one.shuffled(r_);
  }

  std::string texts() {
    if (r_.chance(60)) return r_.chance(10) ? R"("")" : r_.quotedWords();
    if (r_.chance(30)) return arrayOf({part("text", "text", r_.quotedWords(), 100)});
    return arrayOf(
        {part("text", "text", r_.quotedWords(), 20), part("text", "text", r_.quotedWords(), 20)});
  }

  std::string userContent() {
    if (r_.chance(40)) return texts();
    std::vector<std::string> parts;
    for (int i = 2 + r_.below(3); i > 0; --i) {
      switch (r_.below(5)) {
        case 0:
          parts.push_back(part("image_url", "image_url",
                               R"({"url":"data:image/png;base64,AAAA","detail":"low"})", 20));
          break;
        case 1:
          parts.push_back(part("image_url", "image_url", R"({"url":"https://a.example/x"})", 20));
          break;
        case 2:
          parts.push_back(part(
              "file", "file",
              r_.pick({R"({"file_id":"file-1"})",
                       R"({"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"})"}),
              20));
          break;
        case 3:
          parts.push_back(
              part("input_audio", "input_audio", R"({"data":"AA","format":"wav"})", 20));
          break;
        default: parts.push_back(R"({"type":"hologram","depth":3})");
      }
    }
    return arrayOf(parts);
  }

  void addTools(Members& body) {
    std::vector<std::string> tools;
    for (int i = 1 + r_.below(3); i > 0; --i) {
      Members function;
      function.add("name", json::quoted(r_.name("f", 9)));
      if (r_.chance(70)) function.add("description", r_.quotedWords());
      if (r_.chance(80)) function.add("parameters", r_.schema());
      if (r_.chance(30)) function.add("strict", r_.pick({"true", "false"}));
      tools.push_back(R"({"type":"function","function":)" + function.shuffled(r_) + "}");
    }
    if (r_.chance(20))
      tools.push_back(R"({"type":"custom","custom":{"name":"shell","format":{"type":"text"}}})");
    if (r_.chance(20)) tools.push_back(R"({"type":"web_search","depth":2})");
    body.add("tools", arrayOf(tools));
    if (r_.chance(30)) body.add("parallel_tool_calls", r_.pick({"true", "false"}));
    if (!r_.chance(70)) return;
    body.add("tool_choice",
             r_.pick({R"("auto")", R"("none")", R"("required")",
                      R"({"type":"function","function":{"name":"f1"}})",
                      R"({"type":"custom","custom":{"name":"shell"}})",
                      R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[)"
                      R"({"type":"function","function":{"name":"f1"}}]}})"}));
  }

  std::string format() {
    return r_.pick({R"({"type":"text"})", R"({"type":"json_object"})",
                    R"({"type":"json_schema","json_schema":{"name":"n","description":"d",)"
                    R"("strict":true,"schema":)" +
                        r_.schema() + "}}"});
  }

  RandomJson r_;
};

OpenAiTarget everything() {
  OpenAiTarget target{.model = "m"};
  target.limit_field = "max_completion_tokens";
  target.top_k = target.developer_role = true;
  target.efforts = {Effort::None, Effort::Max};
  target.cache_marks = OpenAiTarget::CacheMarks::Breakpoint;
  target.reasoning = OpenAiTarget::Reasoning::Blocks;
  return target;
}

std::string written(const std::string& body, const OpenAiTarget& target, Losses& losses) {
  const auto request = readOpenAiChat(body);
  REQUIRE(request);
  const auto text = writeOpenAiChat(*request, target, losses);
  REQUIRE(text);
  return *text;
}

}  // namespace

TEST_SUITE("dialect/openai_chat_writer") {
  TEST_CASE("what was read of OpenAI's is written for OpenAI as it was") {
    Fuzz fuzz(3000);
    RandomRequest requests(fuzz.random);
    for (int i = 0; i < fuzz.rounds; ++i) {
      const std::string body = requests.make();
      INFO(body);
      Losses losses(Dialect::OpenAi, OnLoss::Refuse);
      REQUIRE(sorted(written(body, everything(), losses)) == sorted(body));
      REQUIRE(losses.all().empty());
    }
  }

  TEST_CASE("a reasoning model is not sent what it refuses") {
    Losses losses(Dialect::OpenAi);
    const std::string body = written(
        R"({"model":"m","messages":[{"role":"user","content":"x"}],"temperature":0.2,"top_p":1,)"
        R"("presence_penalty":0,"max_tokens":9,"reasoning_effort":"max"})",
        openAiTargetOf("o3-mini"), losses);
    CHECK(sorted(body) ==
          sorted(R"({"model":"o3-mini","messages":[{"role":"user","content":"x"}],"top_p":1.0,)"
                 R"("presence_penalty":0.0,"max_completion_tokens":9,"reasoning_effort":"high"})"));
    CHECK(losses.header() == "temperature");
  }

  TEST_CASE("a policy that refuses losses answers the first of them") {
    const auto request = readOpenAiChat(
        R"({"model":"m","messages":[{"role":"user","content":"x"}],"temperature":0.2})");
    REQUIRE(request);
    Losses losses(Dialect::OpenAi, OnLoss::Refuse);
    const auto refused = writeOpenAiChat(*request, openAiTargetOf("o3"), losses);
    REQUIRE(!refused);
    CHECK(refused.error().code == "unsupported_parameter");
    CHECK(refused.error().param == "temperature");
  }

  TEST_CASE("servers that know little are asked little") {
    OpenAiTarget target{.model = "m"};
    target.stream_usage = target.json_schema = target.strict_tools = false;
    Losses losses(Dialect::OpenAi);
    const std::string body = written(
        R"({"model":"x","messages":[{"role":"developer","content":"d"}],"stream":true,)"
        R"("tools":[{"type":"function","function":{"name":"f","strict":true}}],)"
        R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}})",
        target, losses);
    CHECK(sorted(body) ==
          sorted(R"({"model":"m","messages":[{"role":"system","content":"d"}],"stream":true,)"
                 R"("tools":[{"type":"function","function":{"name":"f"}}],)"
                 R"("response_format":{"type":"json_object"}})"));
    CHECK(losses.header() == "tools.function.strict, response_format");
  }
}
