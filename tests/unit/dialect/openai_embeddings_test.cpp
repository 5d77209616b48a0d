#include "dialect/openai_embeddings.h"

#include <string>

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

  TEST_CASE("the error says what came and what was asked for") {
    std::string body = answer(vector("[1,2,3]"));
    CHECK(fitEmbeddings(body, 2, "some-model").error().message ==
          "model some-model answered with 3 dimensions where 2 are asked for");
  }
}
