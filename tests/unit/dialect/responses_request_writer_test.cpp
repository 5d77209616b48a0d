#include "dialect/responses_request_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/openai_chat_reader.h"
#include "dialect/responses_request_reader.h"
#include "support/fuzz.h"
#include "unit/dialect/random_chat.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

// Everything that the model can hold of a Responses request, in the form that the writer uses where
// there are several: the input is items, a lone text of a user's no array, and the server's own
// notes on items (id, status) are not there.
class RandomRequest {
 public:
  explicit RandomRequest(std::mt19937& random) : r_(random) {}

  std::string make() {
    custom_ = false;
    Members body;
    body.add("model", "\"m\"").add("input", input());
    if (r_.chance(40)) body.add("instructions", r_.quotedWords());
    for (const char* key : {"temperature", "top_p"})
      if (r_.chance(30)) body.add(key, r_.number());
    if (r_.chance(40)) body.add("max_output_tokens", std::to_string(16 + r_.below(900)));
    if (r_.chance(30)) body.add("user", R"("u1")");
    if (r_.chance(20)) body.add("service_tier", R"("flex")");
    if (r_.chance(40)) body.add("stream", "true");
    if (r_.chance(30)) body.add("reasoning", reasoning());
    if (r_.chance(30)) body.add("text", text());
    if (r_.chance(50)) addTools(body);
    if (r_.chance(20)) body.add("metadata", R"({"team":"a"})");
    if (r_.chance(20)) body.add("truncation", R"("auto")");
    if (r_.chance(20)) body.add("include", R"(["reasoning.encrypted_content"])");
    if (r_.chance(20)) body.add("new_member", r_.object());
    return body.shuffled(r_);
  }

 private:
  std::string item(std::vector<std::pair<std::string, std::string>> members) {
    Members one;
    for (auto& [key, value] : members) one.add(key, std::move(value));
    return one.shuffled(r_);
  }

  std::string reasoning() {
    Members one;
    if (r_.chance(60)) one.add("effort", r_.pick({R"("none")", R"("low")", R"("xhigh")"}));
    if (r_.chance(60)) one.add("summary", r_.pick({R"("auto")", R"("detailed")"}));
    one.add("context", R"("auto")");
    return one.shuffled(r_);
  }

  std::string text() {
    Members one;
    one.add("verbosity", R"("low")");
    if (r_.chance(70))
      one.add("format", r_.pick({R"({"type":"text"})", R"({"type":"json_object"})",
                                 R"({"type":"json_schema","name":"n","description":"d",)"
                                 R"("schema":{"type":"object"},"strict":true})"}));
    return one.shuffled(r_);
  }

  std::string userPart() {
    switch (r_.below(5)) {
      case 0:
        return item({{"type", R"("input_image")"},
                     {"image_url", R"("data:image/png;base64,AA==")"},
                     {"detail", R"("high")"}});
      case 1:
        return item(
            {{"type", R"("input_image")"}, {"file_id", R"("f1")"}, {"detail", R"("auto")"}});
      case 2:
        return item({{"type", R"("input_file")"},
                     r_.chance(50) ? std::pair<std::string, std::string>{"file_url",
                                                                         R"("https://a.example/x")"}
                                   : std::pair<std::string, std::string>{"file_id", R"("f1")"}});
      case 3:
        return item({{"type", R"("input_file")"},
                     {"filename", R"("a.pdf")"},
                     {"file_data", R"("data:application/pdf;base64,AA==")"}});
      default:
        return item({{"type", R"("input_text")"},
                     {"text", r_.quotedWords()},
                     {"prompt_cache_breakpoint", R"({"mode":"explicit","ttl":"30m"})"}});
    }
  }

  std::string content() {
    if (r_.chance(50)) return r_.quotedWords();
    std::vector<std::string> parts;
    for (int i = 1 + r_.below(3); i > 0; --i) parts.push_back(userPart());
    return arrayOf(parts);
  }

  void addAssistant(std::vector<std::string>& items, std::vector<std::string>& calls) {
    if (r_.chance(40))
      items.push_back(item({{"type", R"("reasoning")"},
                            {"id", R"("rs_1")"},
                            {"summary", r_.pick({"[]", R"([{"type":"summary_text","text":"t"}])"})},
                            {"encrypted_content", R"("gAAAA:x")"}}));
    if (r_.chance(20)) items.push_back(R"({"type":"web_search_call","id":"ws_1"})");
    if (r_.chance(60))
      items.push_back(
          item({{"role", R"("assistant")"},
                {"phase", R"("commentary")"},
                {"content", r_.chance(80) ? R"([{"type":"output_text","text":"w"}])"
                                          : R"([{"type":"refusal","refusal":"no"}])"}}));
    for (int i = r_.below(3); i > 0; --i) {
      const std::string id = json::quoted("call_" + std::to_string(++ids_));
      custom_ = r_.chance(30);
      calls.push_back((custom_ ? "c" : "f") + id);
      if (custom_)
        items.push_back(item({{"type", R"("custom_tool_call")"},
                              {"call_id", id},
                              {"name", R"("run")"},
                              {"input", r_.quotedWords()}}));
      else
        items.push_back(item({{"type", R"("function_call")"},
                              {"call_id", id},
                              {"name", R"("f1")"},
                              {"arguments", json::quoted(r_.object())}}));
    }
  }

  std::string input() {
    std::vector<std::string> items;
    for (int i = 1 + r_.below(3); i > 0; --i) {
      if (r_.chance(20))
        items.push_back(item({{"role", R"("developer")"}, {"content", r_.quotedWords()}}));
      items.push_back(item({{"role", R"("user")"}, {"content", content()}}));
      std::vector<std::string> calls;
      addAssistant(items, calls);
      for (const std::string& call : calls)
        items.push_back(item({{"type", call[0] == 'c' ? R"("custom_tool_call_output")"
                                                      : R"("function_call_output")"},
                              {"call_id", call.substr(1)},
                              {"output", content()}}));
    }
    return arrayOf(items);
  }

  void addTools(Members& body) {
    std::vector<std::string> tools;
    for (int i = 1 + r_.below(2); i > 0; --i) {
      Members tool;
      tool.add("type", R"("function")").add("name", json::quoted(r_.name("f", 9)));
      tool.add("parameters", r_.schema());
      if (r_.chance(70)) tool.add("description", r_.quotedWords());
      if (r_.chance(50)) tool.add("strict", r_.pick({"true", "false"}));
      tools.push_back(tool.shuffled(r_));
    }
    tools.push_back(R"({"type":"custom","name":"run","format":{"type":"text"}})");
    if (r_.chance(30)) tools.push_back(R"({"type":"web_search"})");
    body.add("tools", arrayOf(tools));
    if (r_.chance(70))
      body.add(
          "tool_choice",
          r_.pick({R"("auto")", R"("none")", R"("required")", R"({"type":"function","name":"f1"})",
                   R"({"type":"custom","name":"run"})", R"({"type":"web_search"})",
                   R"({"type":"allowed_tools","mode":"auto","tools":[)"
                   R"({"type":"custom","name":"run"},{"type":"function","name":"x"}]})"}));
    if (r_.chance(50)) body.add("parallel_tool_calls", "false");
  }

  RandomJson r_;
  bool custom_ = false;
  int ids_ = 0;
};

ResponsesTarget everything() {
  return {.model = "m",
          .sampling = true,
          .breakpoints = true,
          .efforts = OpenAiTarget::Efforts{Effort::None, Effort::Max}};
}

std::string written(const std::string& chat, const std::string& model, Losses& losses) {
  const auto request = readOpenAiChat(chat);
  REQUIRE(request);
  const auto body = writeResponses(*request, responsesTargetOf(model), losses);
  return body ? *body : body.error().message;
}

}  // namespace

TEST_SUITE("dialect/responses_request_writer") {
  TEST_CASE("what was read of Responses is written for Responses as it was") {
    Fuzz fuzz(3000);
    RandomRequest requests(fuzz.random);
    for (int i = 0; i < fuzz.rounds; ++i) {
      const std::string body = requests.make();
      INFO(body);
      const auto request = readResponses(body);
      REQUIRE(request);
      Losses losses(Dialect::Responses, OnLoss::Refuse);
      const auto back = writeResponses(*request, everything(), losses);
      REQUIRE(back);
      REQUIRE(sorted(*back) == sorted(body));
      REQUIRE(losses.all().empty());
    }
  }

  TEST_CASE("what chat says without a word is said, for Responses has other defaults") {
    Losses losses(Dialect::OpenAi);
    CHECK(
        written(R"({"model":"x","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":)"
                R"("function","function":{"name":"f"}}]})",
                "gpt-4.1", losses) ==
        R"({"model":"gpt-4.1","input":[{"role":"user","content":"Hi"}],"tools":[{"type":"function",)"
        R"("name":"f","parameters":{"type":"object","properties":{}},"strict":false}],"store":false})");
    CHECK(losses.all().empty());
  }

  TEST_CASE("members that both of OpenAI's dialects have are carried over") {
    Losses losses(Dialect::OpenAi);
    CHECK(
        written(R"({"model":"x","messages":[{"role":"user","content":"Hi"}],"metadata":{"a":"b"},)"
                R"("verbosity":"low","prompt_cache_key":"k","service_tier":"flex","seed":1,)"
                R"("logit_bias":{"1":2},"reasoning_effort":"minimal"})",
                "gpt-5.1", losses) ==
        R"({"model":"gpt-5.1","input":[{"role":"user","content":"Hi"}],"reasoning":{"effort":"minimal"},)"
        R"("text":{"verbosity":"low"},"service_tier":"flex","store":false,)"
        R"("include":["reasoning.encrypted_content"],"metadata":{"a":"b"},"prompt_cache_key":"k"})");
    CHECK(losses.header() == "seed, logit_bias");
  }
}
