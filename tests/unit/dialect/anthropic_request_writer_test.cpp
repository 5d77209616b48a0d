#include "dialect/anthropic_request_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/anthropic_request_reader.h"
#include "dialect/openai_chat_reader.h"
#include "support/fuzz.h"
#include "unit/dialect/random_chat.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

// Everything that the model can hold of Anthropic's and that Anthropic takes, in the form that the
// writer uses where there are several: a lone text is no array.
class RandomRequest {
 public:
  explicit RandomRequest(std::mt19937& random) : r_(random) {}

  std::string make() {
    thinks_ = r_.chance(30);
    Members body;
    body.add("model", "\"m\"").add("max_tokens", std::to_string(4000 + r_.below(5000)));
    body.add("messages", messages());
    if (r_.chance(50)) body.add("system", texts());
    if (!thinks_) {
      for (const char* key : {"temperature", "top_p"})
        if (r_.chance(30)) body.add(key, r_.number());
      if (r_.chance(20)) body.add("top_k", std::to_string(r_.below(100)));
    }
    if (thinks_)
      body.add("thinking", r_.pick({R"({"type":"enabled","budget_tokens":2048})",
                                    R"({"type":"adaptive","display":"omitted"})"}));
    else if (r_.chance(20))
      body.add("thinking", r_.pick({R"({"type":"disabled"})", R"({"type":"between_tools"})"}));
    if (r_.chance(20)) body.add("stop_sequences", arrayOf({r_.quotedWords(), R"(" ")"}));
    if (r_.chance(30)) body.add("metadata", R"({"user_id":"u1"})");
    if (r_.chance(20)) body.add("service_tier", R"("standard_only")");
    if (r_.chance(40)) body.add("stream", "true");
    if (r_.chance(50)) addTools(body);
    if (r_.chance(30))
      body.add("output_config",
               r_.pick({R"({"effort":"xhigh"})", R"({"format":{"type":"json_schema","schema":{}}})",
                        R"({"task_budget":{"tokens":9}})"}));
    if (r_.chance(30)) body.add("context_management", R"({"edits":[]})");
    if (r_.chance(20)) body.add("cache_control", R"({"type":"ephemeral"})");
    return body.shuffled(r_);
  }

 private:
  std::string messages() {
    std::vector<std::string> all;
    std::vector<std::string> open;
    all.push_back(message("user", userContent(open)));
    for (int i = r_.below(3); i > 0; --i) {
      all.push_back(message("assistant", assistantContent(open)));
      all.push_back(message("user", userContent(open)));
      if (r_.chance(10)) all.push_back(message("system", texts()));
    }
    return arrayOf(all);
  }

  std::string message(std::string_view role, std::string content) {
    Members one;
    one.add("role", json::quoted(role)).add("content", std::move(content));
    return one.shuffled(r_);
  }

  std::string block(std::string_view type, std::vector<std::pair<std::string, std::string>> members,
                    int marked) {
    Members one;
    one.add("type", json::quoted(type));
    for (auto& [key, value] : members) one.add(key, std::move(value));
    if (r_.chance(marked))
      one.add("cache_control",
              r_.pick({R"({"type":"ephemeral"})", R"({"type":"ephemeral","ttl":"5m"})",
                       R"({"type":"ephemeral","ttl":"1h"})"}));
    if (r_.chance(10)) one.add("new_member", r_.object());
    return one.shuffled(r_);
  }

  std::string text(int marked) { return block("text", {{"text", r_.quotedWords()}}, marked); }

  std::string texts() {
    if (r_.chance(50)) return r_.quotedWords();
    return r_.chance(30) ? arrayOf({text(100)}) : arrayOf({text(20), text(20)});
  }

  std::string attachment() {
    switch (r_.below(4)) {
      case 0:
        return block(
            "image",
            {{"source", r_.pick({R"({"type":"url","url":"https://a.example/x"})",
                                 R"({"type":"file","file_id":"f1"})",
                                 R"({"type":"base64","media_type":"image/png","data":"A"})"})}},
            20);
      case 1:
        return block(
            "document",
            {{"source", r_.pick({R"({"type":"base64","media_type":"application/pdf","data":"A"})",
                                 R"({"type":"text","media_type":"text/plain","data":"words"})",
                                 R"({"type":"content","content":[{"type":"text","text":"x"}]})"})},
             {"title", r_.quotedWords()},
             {"citations", R"({"enabled":true})"}},
            20);
      case 2: return R"({"type":"container_upload","file_id":"f1"})";
      default: return R"({"type":"search_result","source":"s","title":"t","content":[]})";
    }
  }

  std::string userContent(std::vector<std::string>& open) {
    std::vector<std::string> blocks;
    for (const std::string& id : open) {
      std::vector<std::pair<std::string, std::string>> members = {{"tool_use_id", id}};
      if (r_.chance(80))
        members.emplace_back("content", r_.chance(50) ? texts() : arrayOf({attachment()}));
      if (r_.chance(20)) members.emplace_back("is_error", "true");
      blocks.push_back(block("tool_result", std::move(members), 10));
    }
    open.clear();
    if (blocks.empty() && r_.chance(50)) return texts();
    for (int i = r_.below(3); i > 0; --i) blocks.push_back(attachment());
    blocks.push_back(text(blocks.empty() ? 100 : 20));
    return arrayOf(blocks);
  }

  std::string assistantContent(std::vector<std::string>& open) {
    std::vector<std::string> blocks;
    if (thinks_ || r_.chance(20))
      blocks.push_back(R"({"type":"thinking","thinking":)" + r_.quotedWords() +
                       R"(,"signature":"sig"})");
    if (r_.chance(20)) blocks.push_back(R"({"type":"redacted_thinking","data":"d"})");
    if (blocks.empty() && r_.chance(40)) return texts();
    if (r_.chance(60)) blocks.push_back(text(20));
    if (r_.chance(20))
      blocks.push_back(R"({"type":"server_tool_use","id":"s1","name":"web_search","input":{}})");
    for (int i = 1 + r_.below(2); i > 0; --i) {
      open.push_back(json::quoted("toolu_" + std::to_string(++ids_)));
      blocks.push_back(block(
          "tool_use", {{"id", open.back()}, {"name", R"("f1")"}, {"input", r_.object()}}, 10));
    }
    return arrayOf(blocks);
  }

  void addTools(Members& body) {
    std::vector<std::string> tools;
    for (int i = 1 + r_.below(3); i > 0; --i) {
      Members tool;
      tool.add("name", json::quoted(r_.name("f", 9))).add("input_schema", r_.schema());
      if (r_.chance(70)) tool.add("description", r_.quotedWords());
      if (r_.chance(30)) tool.add("strict", r_.pick({"true", "false"}));
      if (r_.chance(20)) tool.add("cache_control", R"({"type":"ephemeral"})");
      if (r_.chance(20)) tool.add("defer_loading", "true");
      tools.push_back(tool.shuffled(r_));
    }
    if (r_.chance(20)) tools.push_back(R"({"type":"web_search_20250305","name":"web_search"})");
    body.add("tools", arrayOf(tools));
    if (r_.chance(70))
      body.add("tool_choice",
               r_.pick({R"({"type":"auto"})", R"({"type":"none"})",
                        R"({"type":"any","disable_parallel_tool_use":true})",
                        R"({"type":"tool","name":"f1","disable_parallel_tool_use":false})"}));
  }

  RandomJson r_;
  bool thinks_ = false;
  int ids_ = 0;
};

AnthropicTarget everything() {
  AnthropicTarget target{.model = "m"};
  target.sampling = target.prefill = true;
  target.one_sampling = false;
  target.thinking = AnthropicTarget::Thinking::Both;
  return target;
}

Result<WrittenRequest> translated(const std::string& body, const std::string& model,
                                  Losses& losses) {
  const auto request = readOpenAiChat(body);
  REQUIRE(request);
  return writeAnthropicMessages(*request, anthropicTargetOf(model), losses);
}

std::string chat(const std::string& messages, const std::string& more = "") {
  return R"({"model":"m","messages":[)" + messages + "]" + more + "}";
}

}  // namespace

TEST_SUITE("dialect/anthropic_request_writer") {
  TEST_CASE("what was read of Anthropic's is written for Anthropic as it was") {
    Fuzz fuzz(3000);
    RandomRequest requests(fuzz.random);
    for (int i = 0; i < fuzz.rounds; ++i) {
      const std::string body = requests.make();
      INFO(body);
      const auto request = readAnthropicMessages(body);
      REQUIRE(request);
      Losses losses(Dialect::Anthropic, OnLoss::Refuse);
      const auto written = writeAnthropicMessages(*request, everything(), losses);
      REQUIRE(written);
      REQUIRE(sorted(written->body) == sorted(body));
      REQUIRE(losses.all().empty());
    }
  }

  TEST_CASE("conversations that Anthropic would refuse are refused with the reason") {
    const std::string call =
        R"({"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]})";
    const std::string user = R"({"role":"user","content":"x"})";
    struct Case {
      std::string body, model, message;
    };
    const std::vector<Case> cases = {
        {chat(user + R"(,{"role":"tool","tool_call_id":"c9","content":"x"})"), "claude-opus-4-6",
         "the tool result answers no call before it: 'c9'"},
        {chat(user + "," + call + "," + user), "claude-opus-4-6",
         "the tool call has no result: 'c1'"},
        {chat(user + "," + call + "," + call), "claude-opus-4-6",
         "the tool call has no result: 'c1'"},
        {chat(R"({"role":"user","content":" \n"})"), "claude-opus-4-6", "none says anything"},
        {chat(user + R"(,{"role":"assistant","content":"And"})"), "claude-opus-4-6",
         "does not go on with an assistant's"},
        {chat(R"({"role":"assistant","content":"Hi"},)" + user), "claude-3-haiku-20240307",
         "wants the user's first"},
        {chat(user, R"(,"n":2)"), "claude-opus-4-6", "asks for several answers"},
    };
    for (const Case& c : cases) {
      Losses losses(Dialect::OpenAi);
      const auto written = translated(c.body, c.model, losses);
      INFO(c.message);
      REQUIRE(!written);
      CHECK(written.error().kind == ErrorKind::InvalidRequest);
      CHECK(written.error().message.find(c.message) != std::string::npos);
    }
  }

  TEST_CASE("sampling is told within what the model takes") {
    const std::string user = R"({"role":"user","content":"x"})";
    struct Case {
      std::string settings, model, told, dropped;
    };
    const std::vector<Case> cases = {
        {R"(,"temperature":1.7)", "claude-sonnet-4-20250514", R"("temperature":1)", ""},
        {R"(,"temperature":0.2,"top_p":0.5)", "claude-3-5-sonnet-20241022",
         R"("temperature":0.2,"top_p":0.5)", ""},
        {R"(,"temperature":0.2,"top_p":0.5)", "claude-opus-4-5", R"("temperature":0.2)", "top_p"},
        {R"(,"temperature":0.2,"top_p":0.5)", "claude-opus-4-7", "", "temperature, top_p"},
        {R"(,"temperature":1,"top_p":1)", "claude-opus-4-7", "", ""},
        {R"(,"presence_penalty":0,"frequency_penalty":0.5)", "claude-opus-4-7", "",
         "frequency_penalty"},
    };
    for (const Case& c : cases) {
      Losses losses(Dialect::OpenAi);
      const auto written = translated(chat(user, c.settings), c.model, losses);
      REQUIRE(written);
      INFO(written->body);
      CHECK(losses.header() == c.dropped);
      CHECK((c.told.empty() || written->body.find(c.told) != std::string::npos));
      if (c.told.empty()) CHECK(written->body.find("temperature") == std::string::npos);
    }
  }

  TEST_CASE("broken arguments are wrapped, or refused where the policy says so") {
    const std::string body =
        chat(R"({"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c1","type":)"
             R"("function","function":{"name":"f","arguments":"[1,2]"}}]},)"
             R"({"role":"tool","tool_call_id":"c1","content":"x"})");
    Losses lenient(Dialect::OpenAi);
    const auto written = translated(body, "claude-opus-4-6", lenient);
    REQUIRE(written);
    CHECK(written->body.find(R"("input":{"input":[1,2]})") != std::string::npos);
    Losses strict(Dialect::OpenAi, OnLoss::Refuse);
    const auto refused = translated(body, "claude-opus-4-6", strict);
    REQUIRE(!refused);
    CHECK(refused.error().param == "messages.tool_calls.function.arguments");
  }

  TEST_CASE("a later system message is told first by models that know it nowhere else") {
    Losses losses(Dialect::OpenAi);
    const auto written =
        translated(chat(R"({"role":"user","content":"x"},{"role":"system","content":"s"})"),
                   "claude-sonnet-4-5", losses);
    REQUIRE(written);
    CHECK(written->body.find(R"("system":"s")") != std::string::npos);
    REQUIRE(losses.all().size() == 1);
    CHECK(losses.all()[0].kind == LossKind::Changed);
  }

  TEST_CASE("no more than four cache marks are sent") {
    std::string parts;
    for (int i = 0; i < 6; ++i)
      parts += std::string(i == 0 ? "" : ",") +
               R"({"type":"text","text":"x","prompt_cache_breakpoint":{"mode":"explicit"}})";
    Losses losses(Dialect::OpenAi);
    const auto written =
        translated(chat(R"({"role":"user","content":[)" + parts + "]}"), "claude-opus-4-6", losses);
    REQUIRE(written);
    size_t marks = 0;
    for (size_t at = 0; (at = written->body.find("cache_control", at)) != std::string::npos; ++at)
      ++marks;
    CHECK(marks == 4);
    CHECK(losses.header() == "messages.content.prompt_cache_breakpoint");
  }
}
