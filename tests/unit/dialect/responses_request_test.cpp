#include "dialect/responses_request.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/responses_input.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

ResponsesRequest parsed(std::string_view body) {
  auto request = parseResponses(body);
  REQUIRE(request);
  return std::move(*request);
}

}  // namespace

TEST_SUITE("dialect/responses_request") {
  TEST_CASE("what policy needs is read, and state is told") {
    const std::string body =
        R"({"model":"@a","input":"Hi","stream":true,"max_output_tokens":99,"store":false,)"
        R"("previous_response_id":"resp_1","background":true,"safety_identifier":"u1",)"
        R"("metadata":{"trace_id":"t","conversation_id":"c"},"service_tier":"flex","tools":[{}],)"
        R"("mlx:tags":{"team":"ml"},"mlx:end_user":"e","mlx:trace":true,"temperature":0.5,)"
        R"("text":{"format":{"type":"json_schema","schema":{}}}})";
    const ResponsesRequest request = parsed(body);
    CHECK(request.model == "@a");
    CHECK(request.stream);
    CHECK(request.max_output_tokens == 99);
    CHECK_FALSE(request.store);
    CHECK(request.background);
    CHECK(request.previous_response_id == "resp_1");
    CHECK(request.user == "u1");
    CHECK(request.trace_id == "t");
    CHECK(request.conversation_id == "c");
    CHECK(request.service_tier == "flex");
    CHECK(request.has_tools);
    CHECK(request.tags == std::vector<std::pair<std::string, std::string>>{{"team", "ml"}});
    CHECK(request.end_user == "e");
    CHECK(request.trace);
    CHECK(request.temperature() == 0.5);
    CHECK(request.wantsJsonSchema());
    CHECK(request.wantsJson());
    CHECK(request.content == "\"Hi\"");
  }

  TEST_CASE("a conversation is an id or an object with it") {
    CHECK(parsed(R"({"model":"m","input":"x","conversation":"conv_1"})").conversation == "conv_1");
    CHECK(parsed(R"({"model":"m","input":"x","conversation":{"id":"conv_2"}})").conversation ==
          "conv_2");
    CHECK(parsed(R"({"model":"m","input":"x"})").store);
  }

  TEST_CASE("bodies that are wrong are refused with the field") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {R"({"input":"x"})", "model"},
        {R"({"model":"m"})", "input"},
        {R"({"model":"m","input":1})", "input"},
        {R"({"model":"m","input":"x","stream":1})", "stream"},
        {R"({"model":"m","input":"x","max_output_tokens":0})", "max_output_tokens"},
        {R"({"model":"m","input":"x","store":"no"})", "store"},
        {R"({"model":"m","input":"x","conversation":{}})", "conversation.id"},
        {R"({"model":"m","input":"x","conversation":"c","previous_response_id":"r"})",
         "conversation"},
    };
    for (const auto& [body, param] : cases) {
      const std::string text = body;
      INFO(text);
      const auto request = parseResponses(text);
      REQUIRE_FALSE(request);
      CHECK(request.error().param == param);
    }
    CHECK(parseResponses(R"({"model":"m","prompt":{"id":"p"}})"));
  }

  TEST_CASE("the provider gets the caller's bytes with the model and the limit replaced") {
    const std::string body =
        R"({ "model" : "@a", "input": [ ], "mlx:trace":true, "max_output_tokens": 9, "new":1 })";
    const ResponsesRequest request = parsed(body);
    CHECK(encodeResponsesRequest(request, "gpt-5.1").str() ==
          R"({ "model" : "gpt-5.1", "input": [ ], "max_output_tokens": 9, "new":1 })");
    CHECK(encodeResponsesRequest(request, "gpt-5.1", 5).str() ==
          R"({ "model" : "gpt-5.1", "input": [ ], "max_output_tokens": 5, "new":1 })");
    const ResponsesRequest open = parsed(R"({"model":"m","input":"x"})");
    CHECK(encodeResponsesRequest(open, "n", 5).str() ==
          R"({"model":"n","input":"x","max_output_tokens":5})");
    CHECK(encodeResponsesRequest(open, "n", std::nullopt, ResponsesStore::Never).str() ==
          R"({"model":"n","input":"x","store":false})");
    const ResponsesRequest stored = parsed(R"({"model":"m","store":true,"input":"x"})");
    CHECK(encodeResponsesRequest(stored, "n", std::nullopt, ResponsesStore::Never).str() ==
          R"({"model":"n","store":false,"input":"x"})");
  }
}

TEST_SUITE("dialect/responses_request input") {
  TEST_CASE("text is bounded by the body's bytes, attachments by what the dearest model takes") {
    const auto bound = [](const std::string& input, const std::string& more = "") {
      const std::string body = R"({"model":"m","input":)" + input + more + "}";
      const ResponsesRequest request = parsed(body);
      InputBound found = request.boundInput();
      found.tokens -= static_cast<int64_t>(body.size()) + 1024;
      return found;
    };
    const std::string image = R"({"type":"input_image","image_url":"data:,"})";
    CHECK(bound("\"Hi\"").tokens == 0);
    CHECK(bound(R"([{"role":"user","content":"x"}])").tokens == 0);
    CHECK(bound(R"([{"type":"reasoning","encrypted_content":"x"}])").tokens == 0);
    CHECK(bound(R"([{"role":"user","content":[)" + image + "," + image + "]}]").tokens == 100'000);
    CHECK(bound(R"([{"type":"function_call_output","output":[)" + image + "]}]").images);
    CHECK(bound(R"([{"type":"item_reference","id":"i"}])").tokens == 1'000'000);
    CHECK(bound(R"([{"id":"i"}])").tokens == 1'000'000);
    CHECK(bound(R"([{"role":"user","content":[{"type":"input_file","file_id":"f"}]}])").tokens ==
          1'000'000);
    CHECK(bound("\"Hi\"", R"(,"previous_response_id":"r")").tokens == 1'000'000);
    const std::string body = R"({"model":"m","input":"Hi"})";
    ResponsesRequest more = parsed(body);
    const int64_t written = more.boundInput().tokens;
    more.unwritten_tokens = 500;
    CHECK(more.boundInput().tokens == written + 500);
  }

  TEST_CASE("an estimate counts what a model reads") {
    const auto estimate = [](std::string_view body) { return parsed(body).estimateInputTokens(); };
    CHECK(estimate(R"({"model":"m","input":"abcdef"})") == 4 + 4 + 3);
    CHECK(estimate(R"({"model":"m","input":[{"role":"user","content":"abcdef"}]})") == 8 + 3);
    const int64_t with_image = estimate(
        R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"u"}]}]})");
    CHECK(with_image == 5007);
    CHECK(estimate(R"({"model":"m","input":"abcdef","instructions":"abcdef"})") == 8 + 4 + 4 + 3);
  }
}
