#include "dialect/bedrock_usage.h"

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

model::Usage read(std::string_view text) {
  const auto document = json::parse(text);
  REQUIRE(document);
  return readBedrockUsage(document->root());
}

}  // namespace

TEST_SUITE("dialect/bedrock_usage") {
  TEST_CASE("cached tokens are beside the input, written ones by their class") {
    const model::Usage usage = read(
        R"({"inputTokens":12,"outputTokens":7,"totalTokens":2019,"cacheReadInputTokens":1000,)"
        R"("cacheWriteInputTokens":1000,"cacheDetails":[{"ttl":"1h","inputTokens":600},{"ttl":"5m","inputTokens":400}]})");
    CHECK(usage.input_uncached == 12);
    CHECK(usage.input_cache_read == 1000);
    CHECK(usage.input_cache_write_1h == 600);
    CHECK(usage.input_cache_write == 400);
    CHECK(usage.output_text == 7);
    CHECK(usage.input() + usage.output() == 2019);
  }

  TEST_CASE("absurd counts are bounded, and no counts are none") {
    CHECK(read(R"({"inputTokens":-1,"outputTokens":1e300})").output_text == 1'000'000'000);
    CHECK(read(R"({"cacheWriteInputTokens":5})").source == model::Usage::Source::None);
    CHECK(read(R"({"inputTokens":1,"cacheDetails":[{"ttl":"1h","inputTokens":600}]})")
              .input_cache_write_1h == 0);
  }
}
