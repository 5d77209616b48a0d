#include "dialect/openai_embeddings.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string encoded(const std::string& body, std::string_view model,
                    std::optional<int64_t> dimensions) {
  auto request = parseOpenAiEmbeddings(body);
  REQUIRE(request);
  return encodeOpenAiEmbeddings(*request, model, dimensions).str();
}

Result<EmbeddingRequest> readText(const std::string& body) {
  const auto request = parseOpenAiEmbeddings(body);
  REQUIRE(request);
  return readOpenAiEmbeddings(*request);
}

std::string answer(const std::string& vectors) {
  return R"({"object":"list", "data":[)" + vectors +
         R"(],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1}})";
}
std::string vector(const std::string& numbers, int index = 0) {
  return R"({"object":"embedding","index":)" + std::to_string(index) + R"(,"embedding":)" +
         numbers + "}";
}

}  // namespace

TEST_SUITE("dialect/openai_embeddings") {
  TEST_CASE("the config's dimensions are asked for in the place of the caller's") {
    const std::string body =
        R"({ "input":"x", "dimensions":9 , "mlx:tags":{}, "model":"@e","user":"u"})";
    CHECK(encoded(body, "m", 4) == R"({ "input":"x", "dimensions":4 , "model":"m","user":"u"})");
    CHECK(encoded(body, "m", {}) == R"({ "input":"x", "dimensions":9 , "model":"m","user":"u"})");
    CHECK(encoded(R"({"model":"@e","input":[1,2]})", "m", 4) ==
          R"({"model":"m","input":[1,2],"dimensions":4})");
    CHECK(encoded(R"({"model":"@e","input":[1,2]})", "m", {}) == R"({"model":"m","input":[1,2]})");
  }

  TEST_CASE("a model of one size is not asked for another") {
    const std::string body = R"({"model":"@e","input":"x","dimensions":9})";
    for (const char* model : {"text-embedding-ada-002", "openai/Text-Embedding-Ada-002"}) {
      CHECK(encoded(body, model, 4).find("dimensions") == std::string::npos);
      CHECK(encoded(body, model, {}).find("dimensions") == std::string::npos);
    }
  }

  TEST_CASE("vectors of the right length are left as they are") {
    for (const std::string& vectors :
         {vector("[0.60, 8e-1]"), vector("[1,2]") + ", " + vector("[3,4]", 1),
          vector(R"("mpkZP83MTD8=")")}) {
      const std::string before = answer(vectors);
      std::string body = before;
      CHECK(fitEmbeddings(body, 2, "m"));
      CHECK(body == before);
    }
  }

  TEST_CASE("longer vectors are shortened to length 1 where the model allows it") {
    std::string body = answer(vector("[3.0,4.0,12]") + "," + vector("[0.6,0.8]", 1));
    CHECK(fitEmbeddings(body, 2, "text-embedding-3-small"));
    CHECK(body == answer(vector("[0.6,0.8]") + "," + vector("[0.6,0.8]", 1)));
    body = answer(vector("[0,0,1]"));
    CHECK(fitEmbeddings(body, 2, "voyage-3.5-lite"));
    CHECK(body == answer(vector("[0,0]")));
    // 3, 4 and 12 as floats.
    body = answer(vector(R"("AABAQAAAgEAAAEBB")"));
    CHECK(fitEmbeddings(body, 2, "google/gemini-embedding-001"));
    CHECK(body == answer(vector(R"("mpkZP83MTD8=")")));
  }

  TEST_CASE("what does not fit is refused, and the answer stays as it was") {
    struct Case {
      std::string vectors;
      const char* model;
    };
    for (const Case& wrong :
         {Case{vector("[1,2,3]"), "some-model"}, Case{vector("[1,2,3]"), "text-embedding-ada-002"},
          Case{vector("[1]"), "text-embedding-3-small"},
          Case{vector("[1,2,3]") + "," + vector("[1]", 1), "embed-v4.0"},
          Case{vector(R"("mpkZP83MTD8")") + "," + vector("[]", 1), "m"},
          Case{vector(R"("mpkZPw==")"), "m"}, Case{vector(R"("!")"), "m"},
          Case{vector("[1.1,-2e63,3]"), "text-embedding-3-small"},
          Case{vector(R"("AADAfwAAgD8AAIA/")"), "text-embedding-3-small"},  // NaN, 1, 1
          Case{vector("[1,null]"), "m"}, Case{vector("null"), "m"}, Case{R"({"index":0})", "m"},
          Case{"7", "m"}, Case{"", "m"}}) {
      INFO(wrong.vectors);
      std::string body = answer(wrong.vectors);
      const auto fits = fitEmbeddings(body, 2, wrong.model);
      REQUIRE_FALSE(fits);
      CHECK(fits.error().code == "embedding_dimensions_mismatch");
      CHECK(body == answer(wrong.vectors));
    }
    std::string none = R"({"data":{}})";
    CHECK_FALSE(fitEmbeddings(none, 2, "m"));
  }

  TEST_CASE("the typed model holds texts, their length, and what else was said") {
    const auto read = readText(
        R"({"model":"@e","input":["a","b"],"dimensions":3,"user":"u","mlx:tags":{},"truncate":"END",)"
        R"("encoding_format":"base64"})");
    REQUIRE(read);
    REQUIRE(read->inputs.size() == 2);
    CHECK(read->inputs[1].text == "b");
    CHECK(read->dimensions == 3);
    CHECK(read->format == EmbeddingRequest::Format::Base64);
    REQUIRE(read->extras.size() == 1);
    CHECK(read->extras[0].name == "truncate");
    const auto one = readText(R"({"model":"@e","input":"x"})");
    CHECK(one->inputs[0].text == "x");
    CHECK(one->format == EmbeddingRequest::Format::Numbers);
  }

  TEST_CASE("lists of tokens are refused at input") {
    for (const char* input : {"[1,2]", "[[1,2],[3]]", R"(["a",1])"}) {
      const auto read = readText(R"({"model":"@e","input":)" + std::string(input) + "}");
      REQUIRE_FALSE(read);
      CHECK(read.error().code == "unsupported_parameter");
      CHECK(read.error().param == "input");
    }
  }

  TEST_CASE("a request of another dialect is written, and what has no place is told") {
    EmbeddingRequest request;
    request.inputs = {{"a", "RETRIEVAL_QUERY", ""}, {"b", "", "T"}};
    request.dimensions = 3;
    request.extras = {{"embedContentConfig.autoTruncate", "true"}};
    request.place = "requests.";
    Losses losses(Dialect::Gemini);
    CHECK(writeOpenAiEmbeddings(request, "m", {}, losses) ==
          R"({"model":"m","input":["a","b"],"dimensions":3})");
    CHECK(losses.header() ==
          "requests.taskType, requests.title, requests.embedContentConfig.autoTruncate");
    Losses none(Dialect::Gemini);
    request.inputs = {{"a", "", ""}};
    request.extras.clear();
    CHECK(writeOpenAiEmbeddings(request, "m", 4, none) ==
          R"({"model":"m","input":["a"],"dimensions":4})");
    CHECK(none.header().empty());
    CHECK(writeOpenAiEmbeddings(request, "text-embedding-ada-002", 4, none) ==
          R"({"model":"text-embedding-ada-002","input":["a"]})");
    CHECK(none.header() == "requests.outputDimensionality");
  }

  TEST_CASE("vectors are read in the order of their inputs, whichever way they are written") {
    const auto read =
        readOpenAiVectors(answer(vector("[0.5,1]", 1) + "," + vector(R"("mpkZP83MTD8=")", 0)));
    REQUIRE(read);
    CHECK(read->vectors == std::vector<std::vector<float>>{{0.6F, 0.8F}, {0.5F, 1}});
    CHECK(read->usage.input() == 1);
    CHECK(read->model == "m");
    for (const std::string& wrong :
         {std::string(), vector("[]"), vector("null"), vector("[1]", 1), vector("[1]", -1),
          vector("[1]") + "," + vector("[2]"), std::string("7")}) {
      INFO(wrong);
      const auto refused = readOpenAiVectors(answer(wrong));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == "invalid_response");
    }
    CHECK_FALSE(readOpenAiVectors(R"({"error":{"message":"no"}})"));
  }

  TEST_CASE("callers get vectors of length 1, as numbers or base64") {
    EmbeddingAnswer given;
    given.vectors = {{3, 4}, {0, 0}};
    CHECK(renderOpenAiVectors(given, EmbeddingRequest::Format::Numbers, "m", 5) ==
          R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]},)"
          R"({"object":"embedding","index":1,"embedding":[0,0]}],"model":"m",)"
          R"("usage":{"prompt_tokens":5,"total_tokens":5}})");
    given.vectors.pop_back();
    given.model = "served";
    CHECK(
        renderOpenAiVectors(given, EmbeddingRequest::Format::Base64, "m", 4) ==
        R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":"mpkZP83MTD8="}],)"
        R"("model":"served","usage":{"prompt_tokens":4,"total_tokens":4}})");
  }

  TEST_CASE("the error says what came and what was asked for") {
    std::string body = answer(vector("[1,2,3]"));
    CHECK(fitEmbeddings(body, 2, "some-model").error().message ==
          "model some-model answered with 3 dimensions where 2 are asked for");
  }
}
