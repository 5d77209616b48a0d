#include "dialect/gemini_embeddings.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

namespace {

constexpr auto kBatch = GeminiEmbedding::BatchEmbedContents;
constexpr auto kPredict = GeminiEmbedding::Predict;

struct Embedding {
  OpenAiRequest request;
  Losses losses{Dialect::OpenAi};

  explicit Embedding(const std::string& body) : text(body) {
    auto parsed = parseOpenAiEmbeddings(text);
    REQUIRE(parsed);
    request = *std::move(parsed);
  }
  std::string written(GeminiEmbedding way, std::optional<int64_t> dimensions = {}) {
    const auto out =
        writeGeminiEmbeddings(request, way, "gemini-embedding-001", dimensions, losses);
    return out ? *out : out.error().code + " " + out.error().param;
  }

 private:
  const std::string text;
};

}  // namespace

TEST_SUITE("dialect/gemini_embeddings") {
  TEST_CASE("every text is an entry, with the dimensions that are asked for") {
    Embedding two(R"({"model":"@e","input":["a","b"],"dimensions":3,"user":"u","mlx:tags":{}})");
    CHECK(
        two.written(kBatch) ==
        R"({"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},"outputDimensionality":3},)"
        R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"b"}]},"outputDimensionality":3}]})");
    CHECK(
        two.written(kPredict, 2) ==
        R"({"instances":[{"content":"a"},{"content":"b"}],"parameters":{"outputDimensionality":2}})");
    CHECK(two.losses.header().empty());
    Embedding one(R"({"model":"@e","input":"x","truncate":"END"})");
    CHECK(one.written(kPredict) == R"({"instances":[{"content":"x"}]})");
    CHECK(one.losses.header() == "truncate");
  }

  TEST_CASE("lists of tokens are refused at input") {
    for (const char* input : {"[1,2]", "[[1,2],[3]]", R"(["a",1])"}) {
      Embedding tokens(R"({"model":"@e","input":)" + std::string(input) + "}");
      CHECK(tokens.written(kBatch) == "unsupported_parameter input");
    }
  }

  TEST_CASE("vectors come as OpenAI's, of length 1, with usage where there is any") {
    const Embedding numbers(R"({"model":"@e","input":["a","b"]})");
    const auto batch = readGeminiEmbeddings(
        numbers.request, kBatch, R"({"embeddings":[{"values":[3,4]},{"values":[0,0]}]})", "m");
    REQUIRE(batch);
    CHECK(batch->usage.source == model::Usage::Source::None);
    CHECK(batch->body.starts_with(
        R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]},)"
        R"({"object":"embedding","index":1,"embedding":[0,0]}],"model":"m","usage":{"prompt_tokens":)"));
    const Embedding base64(R"({"model":"@e","input":"a","encoding_format":"base64"})");
    const auto predicted = readGeminiEmbeddings(
        base64.request, kPredict,
        R"({"predictions":[{"embeddings":{"values":[0.6,0.8],"statistics":{"token_count":4}}}]})",
        "m");
    REQUIRE(predicted);
    CHECK(predicted->usage.input() == 4);
    CHECK(
        predicted->body ==
        R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":"mpkZP83MTD8="}],"model":"m",)"
        R"("usage":{"prompt_tokens":4,"total_tokens":4}})");
  }

  TEST_CASE("what holds no vectors is no answer") {
    const Embedding one(R"({"model":"@e","input":"x"})");
    for (const char* body : {"", "{}", R"({"embeddings":[]})", R"({"embeddings":[{}]})",
                             R"({"embeddings":[{"values":["a"]}]})", R"({"embeddings":{}})"}) {
      const auto read = readGeminiEmbeddings(one.request, kBatch, body, "m");
      REQUIRE_FALSE(read);
      CHECK(read.error().code == "invalid_response");
    }
  }
}
