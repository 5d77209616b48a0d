#include "dialect/gemini_usage.h"

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

GeminiUsage readAnswers(std::initializer_list<std::string> chunks) {
  GeminiUsage usage;
  for (const std::string& chunk : chunks) {
    const auto document = json::parse(chunk);
    REQUIRE(document);
    usage.update(document->root());
  }
  return usage;
}

// Of chunks with this "usageMetadata" each.
model::Usage read(std::initializer_list<const char*> metadata) {
  GeminiUsage usage;
  for (const char* each : metadata) {
    const auto document = json::parse(R"({"usageMetadata":)" + std::string(each) + "}");
    REQUIRE(document);
    usage.update(document->root());
  }
  return usage.usage();
}

}  // namespace

TEST_SUITE("dialect/gemini_usage") {
  TEST_CASE("the buckets are disjoint") {
    const model::Usage usage = read(
        {R"({"promptTokenCount":1000,"cachedContentTokenCount":600,"candidatesTokenCount":50,)"
         R"("thoughtsTokenCount":30,"toolUsePromptTokenCount":20,"totalTokenCount":1100,)"
         R"("promptTokensDetails":[{"modality":"TEXT","tokenCount":600},{"modality":"AUDIO","tokenCount":300},{"modality":"IMAGE","tokenCount":100}],)"
         R"("cacheTokensDetails":[{"modality":"TEXT","tokenCount":500},{"modality":"AUDIO","tokenCount":100}],)"
         R"("candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":10}]})"});
    CHECK(usage.input_uncached == 120);
    CHECK(usage.input_cache_read == 500);
    CHECK(usage.input_cache_read_audio == 100);
    CHECK(usage.input_audio == 200);
    CHECK(usage.input_image == 100);
    CHECK(usage.input() == 1020);
    CHECK(usage.output_reasoning == 30);
    CHECK(usage.output_image == 10);
    CHECK(usage.output_text == 40);
    CHECK(usage.source == model::Usage::Source::Provider);
  }

  TEST_CASE("later counts replace earlier ones, and what is not told again stays") {
    const model::Usage usage = read({R"({"promptTokenCount":10,"cachedContentTokenCount":4})",
                                     R"({"promptTokenCount":10,"candidatesTokenCount":3})",
                                     R"({"prompt_token_count":10,"candidatesTokenCount":7})"});
    CHECK(usage.input_cache_read == 4);
    CHECK(usage.input() == 10);
    CHECK(usage.output_text == 7);
  }

  TEST_CASE("what only the total tells is output") {
    CHECK(read({R"({"promptTokenCount":10,"totalTokenCount":25})"}).output_text == 15);
  }

  TEST_CASE("absurd counts are bounded, and no counts are none") {
    CHECK(read({R"({"promptTokenCount":-5,"candidatesTokenCount":1e30})"}).output() ==
          1'000'000'000);
    CHECK(read({R"({"promptTokenCount":10,"cachedContentTokenCount":99})"}).input() == 10);
    CHECK(read({R"({})"}).source == model::Usage::Source::None);
  }

  TEST_CASE("searches are counted by the query, and by the prompt before Gemini 3") {
    const auto searches = [](const std::string& model) {
      const std::string begin = R"({"modelVersion":")" + model + R"(","candidates":[{)";
      return readAnswers(
                 {begin + R"("content":{"parts":[]}}],"usageMetadata":{"totalTokenCount":4}})",
                  begin + R"("groundingMetadata":{"webSearchQueries":["a","b"]}}]})",
                  begin + R"("groundingMetadata":{"webSearchQueries":["b"]}}]})"})
          .usage()
          .web_searches;
    };
    CHECK(searches("gemini-3-flash-preview") == 2);
    const auto split = [](const char* query) {
      return R"({"candidates":[{"groundingMetadata":{"webSearchQueries":[")" + std::string(query) +
             R"("]}}],"usageMetadata":{"totalTokenCount":4},"modelVersion":"gemini-3-pro"})";
    };
    CHECK(readAnswers({split("a"), split("b"), split("a")}).usage().web_searches == 2);
    CHECK(searches("gemini-2.5-flash-001") == 1);
    CHECK(searches("gemini-flash-latest") == 2);
  }

  TEST_CASE("the tier is told in one word, by the Developer API and by Vertex") {
    const auto tier = [](const std::string& fields) {
      return readAnswers({R"({"usageMetadata":{)" + fields + "}}", R"({"usageMetadata":{}})"})
          .serviceTier();
    };
    CHECK(tier(R"("serviceTier":"priority")") == "priority");
    CHECK(tier(R"("serviceTier":"SERVICE_TIER_FLEX")") == "flex");
    CHECK(tier(R"("trafficType":"ON_DEMAND_PRIORITY")") == "priority");
    CHECK(tier(R"("trafficType":"ON_DEMAND_FLEX")") == "flex");
    CHECK(tier(R"("trafficType":"ON_DEMAND")") == "standard");
    CHECK(tier(R"("trafficType":"PROVISIONED_THROUGHPUT")") == "provisioned_throughput");
    CHECK(tier(R"("trafficType":"TRAFFIC_TYPE_UNSPECIFIED")").empty());
    CHECK(tier(R"("serviceTier":7)").empty());
    CHECK(tier("").empty());
  }

  TEST_CASE("what is written is read as the same") {
    const model::Usage usage = read({R"({"promptTokenCount":1000,"cachedContentTokenCount":600,)"
                                     R"("candidatesTokenCount":50,"thoughtsTokenCount":30})"});
    std::string text;
    json::Writer out(text);
    writeGeminiUsage(out, usage);
    CHECK(read({text.c_str()}) == usage);
  }

  TEST_CASE("whole answers and token counts") {
    const GeminiResponse response = readGeminiResponse(
        R"({"candidates":[{"groundingMetadata":{"webSearchQueries":["a","b"]}}],"usageMetadata":{"promptTokenCount":3,"serviceTier":"flex"},"modelVersion":"gemini-x"})");
    CHECK(response.valid);
    CHECK(response.model == "gemini-x");
    CHECK(response.usage.input() == 3);
    CHECK(response.usage.web_searches == 2);
    CHECK(response.service_tier == "flex");
    CHECK_FALSE(readGeminiResponse(R"({"error":{}})").valid);
    CHECK_FALSE(readGeminiResponse("[]").valid);
    CHECK(readGeminiTokenCount(renderGeminiTokenCount(31)) == 31);
    CHECK_FALSE(readGeminiTokenCount(R"({"error":{}})"));
  }
}
