#include "dialect/gemini_embeddings.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

namespace {

constexpr auto kOne = GeminiEmbedding::EmbedContent;
constexpr auto kBatch = GeminiEmbedding::BatchEmbedContents;
constexpr auto kPredict = GeminiEmbedding::Predict;

EmbeddingRequest two() {
  EmbeddingRequest request;
  request.inputs = {{"a", "RETRIEVAL_DOCUMENT", "T"}, {"b", "", ""}};
  request.dimensions = 3;
  return request;
}

std::string written(const EmbeddingRequest& request, GeminiEmbedding way,
                    std::optional<int64_t> dimensions = {}) {
  Losses losses(Dialect::OpenAi);
  return writeGeminiEmbeddings(request, way, "gemini-embedding-001", dimensions, losses);
}

std::string fitted(std::string body, int64_t dimensions, std::string_view model) {
  const Status fits = fitGeminiEmbeddings(body, dimensions, model);
  return fits ? body : fits.error().code;
}

}  // namespace

TEST_SUITE("dialect/gemini_embeddings") {
  TEST_CASE("every text is an entry, with what is said of it and the dimensions") {
    CHECK(
        written(two(), kBatch) ==
        R"({"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},)"
        R"("taskType":"RETRIEVAL_DOCUMENT","title":"T","outputDimensionality":3},)"
        R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"b"}]},"outputDimensionality":3}]})");
    CHECK(
        written(two(), kPredict, 2) ==
        R"({"instances":[{"content":"a","task_type":"RETRIEVAL_DOCUMENT","title":"T"},{"content":"b"}],)"
        R"("parameters":{"outputDimensionality":2}})");
    EmbeddingRequest one;
    one.inputs = {{"x", "", ""}};
    CHECK(written(one, kOne) ==
          R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"x"}]}})");
    CHECK(written(one, kPredict) == R"({"instances":[{"content":"x"}]})");
  }

  TEST_CASE("what else was said is lost, and told") {
    EmbeddingRequest request = two();
    request.extras = {{"truncate", R"("END")"}};
    Losses losses(Dialect::OpenAi);
    writeGeminiEmbeddings(request, kBatch, "m", {}, losses);
    CHECK(losses.header() == "truncate");
  }

  TEST_CASE("vectors are read as they are, with usage where there is any") {
    const auto batch =
        readGeminiVectors(kBatch, R"({"embeddings":[{"values":[3,4]},{"values":[0,0]}]})");
    REQUIRE(batch);
    CHECK(batch->vectors == std::vector<std::vector<float>>{{3, 4}, {0, 0}});
    CHECK(batch->usage.source == model::Usage::Source::None);
    const auto one = readGeminiVectors(
        kOne, R"({"embedding":{"values":[0.5]},"usageMetadata":{"promptTokenCount":7}})");
    REQUIRE(one);
    CHECK(one->vectors == std::vector<std::vector<float>>{{0.5}});
    CHECK(one->usage.input() == 7);
    const auto predicted = readGeminiVectors(
        kPredict, R"({"predictions":[{"embeddings":{"values":[1],"statistics":{"token_count":4}}},)"
                  R"({"embeddings":{"values":[2],"statistics":{"token_count":5}}}]})");
    REQUIRE(predicted);
    CHECK(predicted->usage.input() == 9);
  }

  TEST_CASE("what holds no vectors is no answer") {
    for (const char* body : {"", "{}", R"({"embeddings":[]})", R"({"embeddings":[{}]})",
                             R"({"embeddings":[{"values":["a"]}]})", R"({"embeddings":{}})",
                             R"({"embeddings":[{"values":"AAAAAA=="}]})"}) {
      const auto read = readGeminiVectors(kBatch, body);
      REQUIRE_FALSE(read);
      CHECK(read.error().code == "invalid_response");
    }
    CHECK_FALSE(readGeminiVectors(kOne, R"({"embeddings":[{"values":[1]}]})"));
  }

  TEST_CASE("callers get the shape of what they called") {
    EmbeddingAnswer answer;
    answer.vectors = {{0.5, -1}};
    CHECK(renderGeminiVectors(answer, kOne) == R"({"embedding":{"values":[0.5,-1]}})");
    answer.vectors.push_back({2});
    answer.usage.source = model::Usage::Source::Provider;
    answer.usage.input_uncached = 4;
    CHECK(
        renderGeminiVectors(answer, kBatch) ==
        R"({"embeddings":[{"values":[0.5,-1]},{"values":[2]}],"usageMetadata":{"promptTokenCount":4}})");
  }

  TEST_CASE("vectors are brought to their length where the model allows it") {
    const std::string model = "gemini-embedding-001";
    CHECK(fitted(R"({"embedding":{ "values":[3,4,12]},"new":1 })", 2, model) ==
          R"({"embedding":{ "values":[0.6,0.8]},"new":1 })");
    CHECK(fitted(R"({"embeddings":[{"values":[3,4,12]},{"values":[0.60,0.8]}]})", 2, model) ==
          R"({"embeddings":[{"values":[0.6,0.8]},{"values":[0.60,0.8]}]})");
    CHECK(fitted(R"({"embeddings":[{"values":[0.60,0.8]}]})", 2, "old") ==
          R"({"embeddings":[{"values":[0.60,0.8]}]})");
    for (const char* body : {R"({"embeddings":[{"values":[1,2,3]}]})", R"({"embeddings":[]})", "{}",
                             R"({"embedding":{"values":[1]}})", R"({"embedding":7})"})
      CHECK(fitted(body, 2, "old") == "embedding_dimensions_mismatch");
  }
}
