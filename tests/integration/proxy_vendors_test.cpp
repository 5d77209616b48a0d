// What servers of OpenAI's dialect take otherwise than OpenAI, seen in what they are sent.
#include <doctest/doctest.h>

#include <string>

#include "integration/proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// One vendor's provider "up" before an upstream that answers everything.
struct OneVendor {
  explicit OneVendor(const std::string& vendor) {
    routed.provider("up", upstream.baseUrl(), "", vendor);
  }
  // The body that the vendor was sent for it; the answer is left in `answer`.
  std::string sent(const std::string& body, const std::string& path = "/v1/chat/completions") {
    answer = routed.proxy.post(path, body);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return upstream.seen().back().body;
  }

  FakeUpstream upstream{answerByModel};
  Routed routed;
  Answer answer;
};

constexpr const char* kMessages = R"("messages":[{"role":"user","content":"x"}])";

}  // namespace

TEST_SUITE("proxy/vendors") {
  TEST_CASE(
      "a server that refuses unknown members is sent those it knows, and the caller is told") {
    OneVendor mistral("mistral");
    const std::string sent =
        mistral.sent(std::string(R"({"model":"up/m","seed":7,"max_completion_tokens":9,)") +
                     R"("logprobs":true,"store":true,"user":"u",)" + kMessages + "}");
    CHECK(sent ==
          std::string(R"({"model":"m",)") + kMessages + R"(,"random_seed":7,"max_tokens":9})");
    const std::string dropped = mistral.answer.header("X-Penstock-Dropped");
    CHECK(dropped == "logprobs, store, user");
  }

  TEST_CASE("ids of tool calls are as short as the server wants them, from any client API") {
    OneVendor mistral("mistral");
    const std::string openai = mistral.sent(
        R"({"model":"up/m","messages":[{"role":"user","content":"x"},{"role":"assistant",)"
        R"("tool_calls":[{"id":"call_0123456789abcdef","type":"function","function":{"name":"f",)"
        R"("arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_0123456789abcdef",)"
        R"("content":"y"}]})");
    CHECK_FALSE(contains(openai, "call_0123456789abcdef"));
    const std::string anthropic = mistral.sent(
        R"({"model":"up/m","max_tokens":9,"messages":[{"role":"user","content":"x"},)"
        R"({"role":"assistant","content":[{"type":"tool_use","id":"call_0123456789abcdef",)"
        R"("name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result",)"
        R"("tool_use_id":"call_0123456789abcdef","content":"y"}]}]})",
        "/anthropic/v1/messages");
    const auto idIn = [](const std::string& body) {
      const json::Document document = parsed(body);
      const auto messages = *document.root().find("messages");
      const std::string called(
          messages.at(1).find("tool_calls")->at(0).stringAt("id").value_or(""));
      CHECK(called == messages.at(2).stringAt("tool_call_id"));
      return called;
    };
    CHECK(idIn(openai).size() == 9);
    CHECK(idIn(openai) == idIn(anthropic));
  }

  TEST_CASE("several choices of a server that answers one are dropped, or refused by the project") {
    OneVendor groq("groq");
    const std::string body = std::string(R"({"model":"up/m","n":2,)") + kMessages + "}";
    CHECK_FALSE(contains(groq.sent(body), "\"n\""));
    CHECK(groq.answer.header("X-Penstock-Dropped") == "n");
    const std::string project = listAll(groq.routed.manage, "/projects", "id").at(0);
    const Answer strict =
        groq.routed.manage.patch(std::string(kBase) + "/projects/" + project,
                                 R"({"settings":{"unsupported_parameters":"refuse"}})");
    REQUIRE_MESSAGE(strict.status == 200, strict.body);
    const size_t calls = groq.upstream.seen().size();
    const Answer refused = groq.routed.proxy.post("/v1/chat/completions", body);
    CHECK(refused.status == 400);
    CHECK_MESSAGE(contains(refused.body, R"("param":"n")"), refused.body);
    CHECK(groq.upstream.seen().size() == calls);
  }

  TEST_CASE(
      "a tool's result that stands where no result can is refused, not sent as an empty part") {
    OneVendor openai("openai");
    const Answer refused = openai.routed.proxy.post(
        "/anthropic/v1/messages",
        R"({"model":"up/m","max_tokens":9,"messages":[{"role":"user","content":"x"},)"
        R"({"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"t",)"
        R"("name":"f","input":{}},{"type":"tool_result","tool_use_id":"t"},)"
        R"({"type":"text","text":"b"}]}]})");
    CHECK(refused.status == 400);
    CHECK_MESSAGE(contains(refused.body, "messages.content.content"), refused.body);
    CHECK(openai.upstream.seen().empty());
    const std::string sent =
        openai.sent(R"({"model":"up/m","max_tokens":9,"messages":[{"role":"user","content":[)"
                    R"({"type":"redacted_thinking","data":"x"},{"type":"text","text":"b"}]}]})",
                    "/anthropic/v1/messages");
    CHECK(contains(sent, R"("messages":[{"role":"user","content":"b"}])"));
  }

  TEST_CASE("developers are the system's voice to servers that know no other") {
    OneVendor deepseek("deepseek");
    const std::string sent =
        deepseek.sent(R"({"model":"up/m","messages":[{"role":"developer","content":"x"},)"
                      R"({"role":"user","content":"y"}]})");
    CHECK(contains(sent, R"({"role":"system","content":"x"})"));
  }

  TEST_CASE("dimensions of vectors go by the server's own name") {
    FakeUpstream upstream([](const http::ExchangePtr& exchange) {
      exchange->respond({200,
                         "application/json",
                         R"({"object":"list","model":"m","data":[{"object":"embedding","index":0,)"
                         R"("embedding":[0.6,0.8]}],"usage":{"prompt_tokens":1,"total_tokens":1}})",
                         {}});
    });
    Routed routed;
    routed.provider("up", upstream.baseUrl(), "", "voyage");
    const Answer answer = routed.proxy.post(
        "/v1/embeddings",
        R"({"model":"up/m","input":"x","dimensions":2,"encoding_format":"float","user":"u"})");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(upstream.seen().back().body == R"({"model":"m","input":"x","output_dimension":2})");
  }
}
