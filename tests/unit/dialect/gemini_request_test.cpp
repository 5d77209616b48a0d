#include "dialect/gemini_request.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

namespace {

constexpr GeminiPath kPath{"gemini-x", GeminiVerb::Stream};

GeminiRequest parsed(std::string_view text) {
  auto request = parseGeminiContent(text, kPath);
  REQUIRE(request);
  return *std::move(request);
}

const std::string kBody =
    R"({ "contents":[{"parts":[{"text":"Hi"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}],)"
    R"("tools":[{"googleSearch":{}}],"generation_config":{"max_output_tokens":20,"candidateCount":2,)"
    R"("temperature":0.5,"response_json_schema":{}},"mlx:tags":{"team":"ml"},"mlx:end_user":"e",)"
    R"("mlx:cache":{"skip":true},"mlx:trace":true,"new":[ 1 ]})";

}  // namespace

TEST_SUITE("dialect/gemini_request") {
  TEST_CASE("what policy needs is read, in either spelling") {
    const GeminiRequest request = parsed(kBody);
    CHECK(request.model == "gemini-x");
    CHECK(request.stream);
    CHECK(request.max_output_tokens == 20);
    CHECK(request.choices == 2);
    CHECK(request.has_tools);
    CHECK(request.searchesWeb());
    CHECK(request.hasImages());
    CHECK(request.wantsJsonSchema());
    CHECK(request.wantsJson());
    CHECK(request.temperature() == 0.5);
    CHECK(request.end_user == "e");
    CHECK(request.cache_skip);
    CHECK(request.trace);
    CHECK(request.tags == std::vector<std::pair<std::string, std::string>>{{"team", "ml"}});
    CHECK_FALSE(request.wantsImages());
    const GeminiRequest plain = parsed(R"({"contents":{"parts":[{"text":"Hi"}]}})");
    CHECK_FALSE(plain.hasImages());
    CHECK_FALSE(plain.wantsJson());
    CHECK_FALSE(plain.temperature());
    CHECK_FALSE(plain.max_output_tokens);
  }

  TEST_CASE("what is wrong is named") {
    const auto error = [](std::string_view text) {
      const auto request = parseGeminiContent(text, kPath);
      REQUIRE_FALSE(request);
      return request.error().code + " " + request.error().param;
    };
    CHECK(error("{}") == "missing_field contents");
    CHECK(error(R"({"contents":[]})") == "invalid_value contents");
    CHECK(error(R"({"contents":"Hi"})") == "invalid_type contents");
    CHECK(error(R"({"contents":[1],"generationConfig":{"maxOutputTokens":0}})") ==
          "invalid_value generationConfig.maxOutputTokens");
    CHECK(error(R"({"contents":[1],"generationConfig":[]})") == "invalid_type generationConfig");
    CHECK(error(R"({"contents":[1],"generationConfig":{"topK":1,"topK":2}})") ==
          "invalid_json topK");
    CHECK(error(R"({"contents":[1],"mlx:trace":1})") == "invalid_type mlx:trace");
  }

  TEST_CASE("the path says the model and the verb") {
    CHECK(parseGeminiPath("gemini-2.5-flash:generateContent")->model == "gemini-2.5-flash");
    CHECK(parseGeminiPath("@default:streamGenerateContent")->verb == GeminiVerb::Stream);
    CHECK(parseGeminiPath("ft:a:b:countTokens")->model == "ft:a:b");
    CHECK(isEmbedding(parseGeminiPath("m:embedContent")->verb));
    CHECK(parseGeminiPath("m:batchEmbedContents")->verb == GeminiVerb::BatchEmbedContents);
    for (const char* odd : {"gemini", ":generateContent", "gemini:embedText", ""})
      CHECK_FALSE(parseGeminiPath(odd));
  }

  TEST_CASE("the body for Google is the caller's, without our members") {
    CHECK(
        encodeGeminiRequest(parsed(kBody)).str() ==
        R"({ "contents":[{"parts":[{"text":"Hi"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}],)"
        R"("tools":[{"googleSearch":{}}],"generation_config":{"max_output_tokens":20,"candidateCount":2,)"
        R"("temperature":0.5,"response_json_schema":{}},"new":[ 1 ]})");
  }

  TEST_CASE("and with the limit that a budget left") {
    const auto limited = [](const std::string& config) {
      return encodeGeminiRequest(parsed(R"({"contents":[1])" + config + "}"), 7).str();
    };
    CHECK(limited("") == R"({"contents":[1],"generationConfig":{"maxOutputTokens":7}})");
    CHECK(limited(R"(,"generationConfig":{"topK":1})") ==
          R"({"contents":[1],"generationConfig":{"topK":1,"maxOutputTokens":7}})");
    CHECK(limited(R"(,"generation_config":{"max_output_tokens":99})") ==
          R"({"contents":[1],"generation_config":{"max_output_tokens":7}})");
  }

  TEST_CASE("countTokens may wrap its request") {
    const GeminiRequest request = parsed(
        R"({"generateContentRequest":{"contents":[{"parts":[{"text":"Hi"}]}],"tools":[{}]}})");
    CHECK(request.has_tools);
    CHECK(request.content == R"([{"parts":[{"text":"Hi"}]}])");
  }
}
