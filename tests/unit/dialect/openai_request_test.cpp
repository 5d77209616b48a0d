#include "dialect/openai_request.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/openai_request") {
  TEST_CASE("what policy needs is read, wherever it stands") {
    const std::string text =
        R"({"mod\u0065l":"@default","stream":true,"stream_options":{"include_usage":true},)"
        R"("messages":[{"role":"user","content":"hi"}],"max_tokens":10,"max_completion_tokens":20,)"
        R"("n":2,"user":"u","tools":[{}],"metadata":{"trace_id":"t","conversation_id":"c"},)"
        R"("mlx:tags":{"team":"ml","a\"b":"x"},"mlx:end_user":"e","mlx:cache":{"skip":true},)"
        R"("mlx:trace":true,"unknown":{"x":[1]}})";
    const auto request = parseOpenAiChat(text);
    REQUIRE(request);
    CHECK(request->model == "@default");
    CHECK(request->stream);
    CHECK(request->include_usage);
    CHECK(request->max_output_tokens == 20);
    CHECK(request->choices == 2);
    CHECK(request->user == "u");
    CHECK(request->has_tools);
    CHECK(!request->hasImages());
    CHECK(request->trace_id == "t");
    CHECK(request->conversation_id == "c");
    CHECK(request->tags ==
          std::vector<std::pair<std::string, std::string>>{{"team", "ml"}, {"a\"b", "x"}});
    CHECK(request->end_user == "e");
    CHECK(request->cache_skip);
    CHECK(request->trace);
  }

  TEST_CASE("absent and null fields have their defaults") {
    const auto request = parseOpenAiChat(
        R"({"model":"m","messages":[1],"stream":null,"max_tokens":null,"stream_options":null,)"
        R"("mlx:tags":null,"metadata":null,"n":null,"tools":[]})");
    REQUIRE(request);
    CHECK(!request->stream);
    CHECK(!request->include_usage);
    CHECK(!request->max_output_tokens);
    CHECK(request->choices == 1);
    CHECK(!request->has_tools);
    CHECK(request->tags.empty());
  }

  TEST_CASE("bad bodies name the field and the rule") {
    struct Case {
      std::string text, code, param, message;
    };
    const std::string many = [] {
      std::string tags;
      for (int i = 0; i < 51; ++i) tags += ",\"k" + std::to_string(i) + "\":\"v\"";
      return R"({"model":"m","messages":[1],"mlx:tags":{)" + tags.substr(1) + "}}";
    }();
    const std::vector<Case> cases = {
        {"hello", "invalid_json", "", "unexpected character at byte 0"},
        {"[]", "invalid_type", "", "the request body must be a JSON object"},
        {R"({"model":"m","messages":[1],"model":"n"})", "invalid_json", "model", "twice"},
        {R"({"messages":[1]})", "missing_field", "model", "Missing required parameter: 'model'."},
        {R"({"model":null,"messages":[1]})", "missing_field", "model", "'model'"},
        {R"({"model":5,"messages":[1]})", "invalid_type", "model",
         "expected a string, but got a number"},
        {R"({"model":"","messages":[1]})", "invalid_value", "model", "must not be empty"},
        {R"({"model":"m"})", "missing_field", "messages", "'messages'"},
        {R"({"model":"m","messages":"hi"})", "invalid_type", "messages", "expected an array"},
        {R"({"model":"m","messages":[ ]})", "invalid_value", "messages", "must not be empty"},
        {R"({"model":"m","messages":[1],"stream":"yes"})", "invalid_type", "stream",
         "expected a boolean"},
        {R"({"model":"m","messages":[1],"max_tokens":-1})", "invalid_value", "max_tokens",
         "between 1 and"},
        {R"({"model":"m","messages":[1],"max_tokens":1.5})", "invalid_value", "max_tokens",
         "whole number"},
        {R"({"model":"m","messages":[1],"max_tokens":"9"})", "invalid_type", "max_tokens",
         "expected a whole number, but got a string"},
        {R"({"model":"m","messages":[1],"max_completion_tokens":99999999999999999999})",
         "invalid_value", "max_completion_tokens", "between"},
        {R"({"model":"m","messages":[1],"n":0})", "invalid_value", "n", "between 1 and 128"},
        {R"({"model":"m","messages":[1],"stream_options":[]})", "invalid_type", "stream_options",
         "expected an object"},
        {R"({"model":"m","messages":[1],"stream_options":{"include_usage":1}})", "invalid_type",
         "stream_options.include_usage", "expected a boolean"},
        {R"({"model":"m","messages":[1],"mlx:tags":{"a":1}})", "invalid_type", "mlx:tags.a",
         "expected a string"},
        {R"({"model":"m","messages":[1],"mlx:tags":{"a":"x","a":"y"}})", "invalid_json", "a",
         "mlx:tags has the key \"a\" twice"},
        {R"({"model":"m","messages":[1],"mlx:tags":{"a":")" + std::string(257, 'x') + "\"}}",
         "invalid_value", "mlx:tags.a", "at most 256"},
        {R"({"model":"m","messages":[1],"mlx:tags":{")" + std::string(65, 'x') + "\":\"\"}}",
         "invalid_value", "mlx:tags", "keys of 1 to 64"},
        {many, "invalid_value", "mlx:tags", "at most 50 tags"},
        {R"({"model":"m","messages":[1],"mlx:end_user":7})", "invalid_type", "mlx:end_user", ""},
        {R"({"model":"m","messages":[1],"mlx:cache":true})", "invalid_type", "mlx:cache", ""},
        {R"({"model":"m","messages":[1],"mlx:trace":"true"})", "invalid_type", "mlx:trace", ""},
    };
    for (const Case& c : cases) {
      INFO(c.text);
      const auto request = parseOpenAiChat(c.text);
      REQUIRE(!request);
      CHECK(request.error().kind == ErrorKind::InvalidRequest);
      CHECK(request.error().code == c.code);
      CHECK(request.error().param == c.param);
      CHECK_MESSAGE(request.error().message.find(c.message) != std::string::npos,
                    request.error().message);
    }
  }

  TEST_CASE("a body past the size limit is too large") {
    const auto request = parseOpenAiChat(R"({"model":"m"})", {.max_bytes = 5});
    CHECK(request.error().kind == ErrorKind::PayloadTooLarge);
  }

  TEST_CASE("embeddings need an input and may have dimensions") {
    CHECK(parseOpenAiEmbeddings(R"({"model":"e","input":"x","dimensions":256})")->dimensions ==
          256);
    CHECK(parseOpenAiEmbeddings(R"({"model":"e","input":["x"]})"));
    CHECK(parseOpenAiEmbeddings(R"({"model":"e"})").error().param == "input");
    CHECK(parseOpenAiEmbeddings(R"({"model":"e","input":[]})").error().code == "invalid_value");
    CHECK(parseOpenAiEmbeddings(R"({"model":"e","input":5})").error().code == "invalid_type");
  }

  TEST_CASE("images are found and long borrowed texts are cut at a character") {
    std::string user(255, 'x');
    user += "\xC3\xA9";
    const std::string text = R"({"model":"m","messages":[{"content":[{"type":"image_url",)"
                             R"("image_url":{"url":"data:"}}]}],"user":")" +
                             user + "\"}";
    const auto request = parseOpenAiChat(text);
    REQUIRE(request);
    CHECK(request->hasImages());
    CHECK(request->user == std::string(255, 'x'));
  }

  TEST_CASE("input tokens are estimated from texts, not from encoded images") {
    const std::string image(100'000, 'A');
    const std::string text = R"({"model":"m","messages":[{"role":"user","content":[)"
                             R"({"type":"text","text":"12345678901234567890"},)"
                             R"({"type":"image_url","image_url":{"url":")" +
                             image +
                             R"("}}]},)"
                             R"({"role":"user","content":"12345678"}]})";
    const auto request = parseOpenAiChat(text);
    REQUIRE(request);
    CHECK(request->estimateInputTokens() == 5000 + 8 + 3 + (2 * 3 + 20 * 3 + 8 * 3) / 3);
    CHECK(request->maxInputTokens() == static_cast<int64_t>(text.size()) + 1024 + 50'000);
  }

  TEST_CASE("what the answer may hold, and the tier that was asked for") {
    const auto plain =
        parseOpenAiChat(R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
    REQUIRE(plain);
    CHECK_FALSE(plain->wantsAudio());
    CHECK_FALSE(plain->wantsImages());
    CHECK_FALSE(plain->searchesWeb());
    CHECK(plain->service_tier.empty());
    const auto rich = parseOpenAiChat(
        R"({"model":"m","messages":[{"role":"user","content":"x"}],"modalities":["text","audio"],)"
        R"("tools":[{"type":"web_search"}],"service_tier":"flex"})");
    REQUIRE(rich);
    CHECK(rich->wantsAudio());
    CHECK_FALSE(rich->wantsImages());
    CHECK(rich->searchesWeb());
    CHECK(rich->service_tier == "flex");
    const auto hidden = parseOpenAiChat(
        R"({"model":"m","messages":[{"role":"user","content":"x"}],"modalities":["im\u0061ge"]})");
    REQUIRE(hidden);
    CHECK(hidden->wantsImages());
  }
}
