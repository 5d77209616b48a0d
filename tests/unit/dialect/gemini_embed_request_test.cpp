#include "dialect/gemini_embed_request.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

namespace {

constexpr GeminiPath kOne{"@e", GeminiVerb::EmbedContent};
constexpr GeminiPath kBatch{"@e", GeminiVerb::BatchEmbedContents};

GeminiEmbedRequest parsed(std::string_view text, const GeminiPath& path) {
  auto request = parseGeminiEmbeddings(text, path);
  REQUIRE_MESSAGE(request, request.error().message);
  return *std::move(request);
}

std::string refusal(std::string_view text, const GeminiPath& path) {
  const auto request = parseGeminiEmbeddings(text, path);
  REQUIRE_FALSE(request);
  return request.error().code + " " + request.error().param;
}

std::string encoded(std::string_view text, const GeminiPath& path,
                    std::optional<int64_t> dimensions = {}) {
  return encodeGeminiEmbeddings(parsed(text, path), "g", dimensions).str();
}

std::string unreadable(std::string_view text, const GeminiPath& path) {
  const auto read = readGeminiEmbeddings(parsed(text, path));
  REQUIRE_FALSE(read);
  return read.error().code + " " + read.error().param;
}

}  // namespace

TEST_SUITE("dialect/gemini_embed_request") {
  TEST_CASE("what policy needs is read of one request and of a batch") {
    const std::string text =
        R"({"content":{"parts":[{"text":"Hello there"}]},"mlx:tags":{"team":"ml"},"mlx:end_user":"e"})";
    const GeminiEmbedRequest one = parsed(text, kOne);
    CHECK(one.model == "@e");
    CHECK_FALSE(one.stream);
    CHECK(one.size() == 1);
    CHECK(one.end_user == "e");
    CHECK(one.tags == std::vector<std::pair<std::string, std::string>>{{"team", "ml"}});
    CHECK(one.maxInputTokens() > static_cast<int64_t>(text.size()));
    CHECK(one.estimateInputTokens() == 6);
    CHECK_FALSE(one.hasImages());
    const std::string more =
        R"({"requests":[{"content":{"parts":[{"text":"Hello there"}]},"title":"Hello there"},)"
        R"({"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}}],"mlx:trace":true})";
    const GeminiEmbedRequest batch = parsed(more, kBatch);
    CHECK(batch.size() == 2);
    CHECK(batch.trace);
    CHECK(batch.hasImages());
    CHECK(batch.boundInput().images);
    CHECK(batch.estimateInputTokens() > 5000);
  }

  TEST_CASE("what is wrong is named, with its place in a batch") {
    const std::string content = R"("content":{"parts":[{"text":"x"}]})";
    CHECK(refusal("{}", kOne) == "missing_field content");
    CHECK(refusal(R"({"content":"x"})", kOne) == "invalid_type content");
    CHECK(refusal("{" + content + R"(,"outputDimensionality":0})", kOne) ==
          "invalid_value outputDimensionality");
    CHECK(refusal("{" + content + R"(,"output_dimensionality":"8"})", kOne) ==
          "invalid_type output_dimensionality");
    CHECK(refusal("{" + content + R"(,"model":"models/other"})", kOne) == "invalid_value model");
    CHECK(refusal("{}", kBatch) == "missing_field requests");
    CHECK(refusal(R"({"requests":{}})", kBatch) == "invalid_type requests");
    CHECK(refusal(R"({"requests":[]})", kBatch) == "invalid_value requests");
    CHECK(refusal(R"({"requests":[7]})", kBatch) == "invalid_type requests.0");
    CHECK(refusal(R"({"requests":[{)" + content + "},{}]}", kBatch) ==
          "missing_field requests.1.content");
    CHECK(refusal(R"({"requests":[{"model":"models/@e",)" + content + R"(},{"model":"@f",)" +
                      content + "}]}",
                  kBatch) == "invalid_value requests.1.model");
    std::string many = R"({"requests":[)";
    for (int i = 0; i < 2049; ++i) many += (i == 0 ? "{" : ",{") + content + "}";
    CHECK(refusal(many + "]}", kBatch) == "invalid_value requests");
    CHECK(refusal("{" + content + R"(,"mlx:trace":1})", kOne) == "invalid_type mlx:trace");
  }

  TEST_CASE("the body for Google is the caller's, with the model that is asked") {
    CHECK(encoded(R"({ "content":{"parts":[ ]}, "new":[ 1 ],"mlx:tags":{}})", kOne) ==
          R"({ "content":{"parts":[ ]}, "new":[ 1 ]})");
    CHECK(encoded(R"({"model":"models/@e","content":{}, "taskType":"X"})", kOne) ==
          R"({"model":"models/g","content":{}, "taskType":"X"})");
    CHECK(
        encoded(
            R"({"requests":[{"model":"@e","content":{} },{"content":{}}], "mlx:trace":true,"n":1})",
            kBatch) ==
        R"({"requests":[{"model":"models/g","content":{} },{"content":{},"model":"models/g"}],"n":1})");
  }

  TEST_CASE("the config's dimensions are asked for in the place of the caller's") {
    CHECK(encoded(R"({"content":{}})", kOne, 2) == R"({"content":{},"outputDimensionality":2})");
    CHECK(encoded(R"({"output_dimensionality":9, "content":{}})", kOne, 2) ==
          R"({"output_dimensionality":2, "content":{}})");
    CHECK(encoded(R"({"content":{},"embedContentConfig":{"outputDimensionality":9}})", kOne, 2) ==
          R"({"content":{},"embedContentConfig":{"outputDimensionality":2}})");
    CHECK(encoded(R"({"content":{},"embedContentConfig":{"taskType":"X"}})", kOne, 2) ==
          R"({"content":{},"embedContentConfig":{"taskType":"X","outputDimensionality":2}})");
    CHECK(encoded(R"({"requests":[{"content":{}}]})", kBatch, 2) ==
          R"({"requests":[{"content":{},"model":"models/g","outputDimensionality":2}]})");
  }

  TEST_CASE("the typed model holds the texts and what is said of them") {
    const auto one = readGeminiEmbeddings(parsed(
        R"({"content":{"role":"user","parts":[{"text":"a"},{"text":"b"}]},"task_type":"RETRIEVAL_DOCUMENT",)"
        R"("title":"T","outputDimensionality":3,"new":1,"mlx:tags":{}})",
        kOne));
    REQUIRE(one);
    REQUIRE(one->inputs.size() == 1);
    CHECK(one->inputs[0].text == "a\n\nb");
    CHECK(one->inputs[0].task == "RETRIEVAL_DOCUMENT");
    CHECK(one->inputs[0].title == "T");
    CHECK(one->dimensions == 3);
    CHECK(one->place.empty());
    REQUIRE(one->extras.size() == 1);
    CHECK(one->extras[0].name == "new");
    const auto batch = readGeminiEmbeddings(parsed(
        R"({"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":"TASK_TYPE_UNSPECIFIED"},)"
        R"({"content":{"parts":[{"text":"b"}]},"embedContentConfig":{"taskType":"CLUSTERING","autoTruncate":true}}]})",
        kBatch));
    REQUIRE(batch);
    CHECK(batch->place == "requests.");
    REQUIRE(batch->inputs.size() == 2);
    CHECK(batch->inputs[0].task.empty());
    CHECK(batch->inputs[1].task == "CLUSTERING");
    REQUIRE(batch->extras.size() == 1);
    CHECK(batch->extras[0].name == "embedContentConfig.autoTruncate");
  }

  TEST_CASE("a config within a config is none, however deep and in whichever spelling") {
    std::string config = "{}";
    for (int i = 0; i < 55; ++i)
      config = R"({"embedContentConfig":)" + config + R"(,"embed_content_config":{}})";
    const auto read = readGeminiEmbeddings(parsed(
        R"({"content":{"parts":[{"text":"a"}]},"embedContentConfig":)" + config + "}", kOne));
    REQUIRE(read);
    CHECK(read->extras.size() == 2);
  }

  TEST_CASE("what others cannot embed is refused at its place") {
    CHECK(unreadable(R"({"content":{"parts":[{"inlineData":{}}]}})", kOne) ==
          "unsupported_parameter content.parts");
    for (const char* content :
         {"{}", R"({"parts":[]})", R"({"parts":"x"})", R"({"parts":[{"text":""}]})"})
      CHECK(unreadable(R"({"content":)" + std::string(content) + "}", kOne) ==
            "invalid_value content.parts");
    const std::string x = R"("content":{"parts":[{"text":"x"}]})";
    CHECK(unreadable(R"({"requests":[{)" + x + R"(},{"content":{}}]})", kBatch) ==
          "invalid_value requests.1.content.parts");
    CHECK(unreadable(R"({"requests":[{)" + x + R"(},{)" + x + R"(,"outputDimensionality":3}]})",
                     kBatch) == "unsupported_parameter requests.1.outputDimensionality");
  }
}
