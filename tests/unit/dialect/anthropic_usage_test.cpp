#include "dialect/anthropic_usage.h"

#include <doctest/doctest.h>

#include <string>

#include "dialect/openai_answer_writer.h"
#include "dialect/openai_usage.h"
#include "dialect/openai_usage_writer.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

model::Usage usageOf(std::string_view raw) {
  AnthropicUsage counts;
  counts.update(raw);
  return counts.usage();
}

std::string written(const model::Usage& usage) {
  std::string text;
  json::Writer out(text);
  writeAnthropicUsage(out, usage);
  return text;
}

}  // namespace

TEST_SUITE("dialect/anthropic_usage") {
  TEST_CASE("the buckets are disjoint") {
    const auto usage = usageOf(
        R"({"input_tokens":25,"output_tokens":60,"cache_read_input_tokens":1000,)"
        R"("cache_creation_input_tokens":310,"cache_creation":{"ephemeral_5m_input_tokens":100,)"
        R"("ephemeral_1h_input_tokens":200},"output_tokens_details":{"thinking_tokens":50},)"
        R"("server_tool_use":{"web_search_requests":2},"service_tier":"priority"})");
    CHECK(usage.input_uncached == 25);
    CHECK(usage.input_cache_read == 1000);
    CHECK(usage.input_cache_write == 110);
    CHECK(usage.input_cache_write_1h == 200);
    CHECK(usage.output_reasoning == 50);
    CHECK(usage.output_text == 10);
    CHECK(usage.web_searches == 2);
    CHECK(usage.source == model::Usage::Source::Provider);
  }

  TEST_CASE("counts of a stream replace each other, null keeps") {
    AnthropicUsage counts;
    CHECK(counts.usage().source == model::Usage::Source::None);
    counts.update(R"({"input_tokens":25,"cache_read_input_tokens":7,"output_tokens":1})");
    counts.update(R"({"input_tokens":null,"cache_read_input_tokens":null,"output_tokens":12})");
    counts.update(R"({"output_tokens":15})");
    CHECK(counts.usage().input_uncached == 25);
    CHECK(counts.usage().input_cache_read == 7);
    CHECK(counts.usage().output_text == 15);
    counts.update("nonsense");
    CHECK(counts.usage().output_text == 15);
  }

  TEST_CASE("what a request was served at is what multiplies its price") {
    AnthropicUsage counts;
    counts.update(R"({"input_tokens":1,"service_tier":"standard","speed":"standard",)"
                  R"("inference_geo":"not_available"})");
    CHECK(counts.serviceTier() == "standard");
    counts.update(R"({"output_tokens":1,"speed":"fast","inference_geo":"us"})");
    CHECK(counts.serviceTier() == "standard,speed=fast,inference_geo=us");
    counts.update(R"({"output_tokens":2,"speed":null,"inference_geo":"a,service_tier=batch"})");
    CHECK(counts.serviceTier() == "standard,speed=fast,inference_geo=us");
    CHECK(openAiTier(counts.serviceTier()) == "default");
  }

  TEST_CASE("absurd counts are bounded") {
    const auto usage = usageOf(
        R"({"input_tokens":-5,"output_tokens":1e300,"output_tokens_details":{"thinking_tokens":9e18}})");
    CHECK(usage.input_uncached == 0);
    CHECK(usage.output_text == 0);
    CHECK(usage.output_reasoning == 1'000'000'000);
  }

  TEST_CASE("what is written is read back the same, also by way of OpenAI's form") {
    model::Usage usage;
    usage.source = model::Usage::Source::Provider;
    usage.input_uncached = 25;
    usage.input_cache_read = 1000;
    usage.input_cache_write = 110;
    usage.input_cache_write_1h = 200;
    usage.output_text = 10;
    usage.output_reasoning = 50;
    usage.web_searches = 3;
    CHECK(usageOf(written(usage)) == usage);
    std::string openai;
    json::Writer out(openai);
    writeOpenAiUsage(out, usage);
    model::Usage told = readOpenAiUsage(openai);
    CHECK(told.input_cache_write == 310);  // OpenAI's form has one class
    told.input_cache_write = 110;
    told.input_cache_write_1h = 200;
    CHECK(told == usage);
  }

  TEST_CASE("accounting reads a whole answer, and counts one that has no usage") {
    const auto response = readAnthropicResponse(
        R"({"model":"claude","usage":{"input_tokens":1,"output_tokens":2,"service_tier":"batch"}})");
    CHECK(response.valid);
    CHECK(response.model == "claude");
    CHECK(response.service_tier == "batch");
    CHECK(response.usage.output_text == 2);
    CHECK(!readAnthropicResponse(R"({"type":"error","error":{"type":"api_error"}})").valid);
    CHECK(!readAnthropicResponse("[]").valid);
    CHECK(
        estimateAnthropicOutput(
            R"({"content":[{"type":"text","text":"words and words"},{"type":"thinking","thinking":"","signature":"xxxxxxxxxxxxxxxxxxxxxxxxxxx"}]})") <
        16);
    CHECK(estimateAnthropicOutput(
              R"({"content":[{"type":"tool_use","name":"f","input":{"a":1}}]})") > 3);
    CHECK(estimateAnthropicOutput("{}") == 0);
  }
}
