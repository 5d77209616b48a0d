#include "dialect/anthropic_request.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

namespace {

AnthropicRequest parsed(std::string_view text) {
  auto request = parseAnthropicMessages(text);
  REQUIRE(request);
  return *std::move(request);
}

std::string body(const std::string& message, const std::string& more = "") {
  return R"({"model":"m","max_tokens":9,"messages":[)" + message + "]" + more + "}";
}

}  // namespace

TEST_SUITE("dialect/anthropic_request") {
  TEST_CASE("what policy needs is read, wherever it stands") {
    const std::string text =
        R"({"messages":[{"role":"user","content":[{"type":"image","source":{}}]}],"stream":true,)"
        R"("model":"@default","max_tokens":20,"temperature":0.5,"metadata":{"user_id":"u"},)"
        R"("tools":[{"type":"web_search_20250305","name":"web_search"}],"service_tier":"auto",)"
        R"("output_config":{"format":{"type":"json_schema","schema":{}}},)"
        R"("mlx:tags":{"team":"ml"},"mlx:end_user":"e","mlx:cache":{"skip":true},"mlx:trace":true})";
    const AnthropicRequest request = parsed(text);
    CHECK(request.model == "@default");
    CHECK(request.stream);
    CHECK(request.max_output_tokens == 20);
    CHECK(request.user == "u");
    CHECK(request.end_user == "e");
    CHECK(request.tags == std::vector<std::pair<std::string, std::string>>{{"team", "ml"}});
    CHECK(request.cache_skip);
    CHECK(request.trace);
    CHECK(request.has_tools);
    CHECK(request.hasImages());
    CHECK(request.searchesWeb());
    CHECK(request.wantsJsonSchema());
    CHECK(request.wantsJson());
    CHECK(request.temperature() == 0.5);
    CHECK(request.service_tier == "auto");
    CHECK(request.content.starts_with("[{\"role\""));
    const std::string plain_text = body("1");
    const AnthropicRequest plain = parsed(plain_text);
    CHECK(!plain.hasImages());
    CHECK(!plain.searchesWeb());
    CHECK(!plain.wantsJsonSchema());
    CHECK(!plain.has_tools);
  }

  TEST_CASE("bad bodies name the field") {
    struct Case {
      const char *text, *code, *param;
    };
    const std::vector<Case> cases = {
        {"{", "invalid_json", ""},
        {"[]", "invalid_type", ""},
        {R"({"max_tokens":1,"messages":[1]})", "missing_field", "model"},
        {R"({"model":"m","messages":[1]})", "missing_field", "max_tokens"},
        {R"({"model":"m","max_tokens":1})", "missing_field", "messages"},
        {R"({"model":"m","max_tokens":1,"messages":[]})", "invalid_value", "messages"},
        {R"({"model":"m","max_tokens":0,"messages":[1]})", "invalid_value", "max_tokens"},
        {R"({"model":"m","max_tokens":1,"messages":[1],"stream":1})", "invalid_type", "stream"},
        {R"({"model":"m","max_tokens":1,"messages":[1],"mlx:trace":1})", "invalid_type",
         "mlx:trace"},
    };
    for (const Case& c : cases) {
      const auto request = parseAnthropicMessages(c.text);
      INFO(std::string(c.text));
      REQUIRE(!request);
      CHECK(request.error().code == c.code);
      CHECK(request.error().param == c.param);
    }
    CHECK(parseAnthropicCountTokens(R"({"model":"m","messages":[1]})"));
  }

  TEST_CASE("the provider gets the caller's bytes, but for the model, mlx and a lowered limit") {
    const std::string text =
        R"({ "model":"@a", "x":[1, 2],"mlx:tags":{"a":"b"},"max_tokens": 99,"messages":[1]})";
    const AnthropicRequest request = parsed(text);
    CHECK(encodeAnthropicRequest(request, "claude").str() ==
          R"({ "model":"claude", "x":[1, 2],"max_tokens": 99,"messages":[1]})");
    CHECK(encodeAnthropicRequest(request, "claude", 5).str() ==
          R"({ "model":"claude", "x":[1, 2],"max_tokens": 5,"messages":[1]})");
  }

  TEST_CASE("a limit that is lowered takes the budget for thinking with it") {
    const auto lowered = [](const std::string& thinking, int64_t limit) {
      const std::string text =
          R"({"model":"m","max_tokens":16000,"messages":[1],"thinking":)" + thinking + "}";
      const std::string sent = encodeAnthropicRequest(parsed(text), "m", limit).str();
      return sent.substr(sent.find("\"thinking\":") + 11);
    };
    const std::string asked = R"({"type":"enabled","budget_tokens":10000})";
    CHECK(lowered(asked, 12'000) == asked + "}");
    CHECK(lowered(asked, 5000) == R"({"type":"enabled","budget_tokens":2500}})");
    CHECK(lowered(asked, 1500) == R"({"type":"enabled","budget_tokens":1024}})");
    CHECK(lowered(asked, 900) == R"({"type":"disabled"}})");
    CHECK(lowered(R"({"type":"adaptive"})", 900) == R"({"type":"adaptive"}})");
  }

  TEST_CASE("the version of October 2026 refuses what earlier ones take") {
    const std::string user = R"({"role":"user","content":"x"})";
    struct Case {
      std::string text, param;
    };
    const std::vector<Case> cases = {
        {body(user, R"(,"temperature":1)"), "temperature"},
        {body(user, R"(,"top_p":1)"), "top_p"},
        {body(user, R"(,"top_k":5)"), "top_k"},
        {body(user + R"(,{"role":"assistant","content":[{"type":"document"}]})"),
         "messages.1.content.0"},
        {body(R"({"role":"user","content":[{"type":"image"},{"type":"text","citations":[1]}]})"),
         "messages.0.content.1.citations"},
    };
    for (const Case& c : cases) {
      const AnthropicRequest request = parsed(c.text);
      INFO(c.text);
      CHECK(checkAnthropicVersion(request, "2023-06-01"));
      const auto refused = checkAnthropicVersion(request, "2026-10-21");
      REQUIRE(!refused);
      CHECK(refused.error().param == c.param);
      CHECK(refused.error().message == c.param + ": Extra inputs are not permitted");
    }
    const std::string fine =
        body(R"({"role":"user","content":[{"type":"document"},{"type":"text","citations":[]}]},)"
             R"({"role":"assistant","content":[{"type":"text","citations":[1]}]})");
    CHECK(checkAnthropicVersion(parsed(fine), "2026-10-21"));
  }
}
