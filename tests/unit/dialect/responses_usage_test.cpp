#include "dialect/responses_usage.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/responses_usage") {
  TEST_CASE("usage is read into disjoint buckets and written as it was") {
    const std::string raw =
        R"({"input_tokens":1325,"input_tokens_details":{"cached_tokens":1000,"cache_write_tokens":300,)"
        R"("cache_write_tokens_details":{"ttl_30m_tokens":100,"ttl_12h_tokens":200}},)"
        R"("output_tokens":60,"output_tokens_details":{"reasoning_tokens":50},"total_tokens":1385})";
    const model::Usage usage = readOpenAiUsage(raw);
    CHECK(usage.input_uncached == 25);
    CHECK(usage.input_cache_read == 1000);
    CHECK(usage.input_cache_write == 100);
    CHECK(usage.input_cache_write_1h == 200);
    CHECK(usage.output_reasoning == 50);
    CHECK(usage.output_text == 10);
    std::string written;
    json::Writer out(written);
    writeResponsesUsage(out, usage);
    CHECK(written == raw);
  }

  TEST_CASE("searches are items of the output, and pages that are opened are none") {
    const OpenAiResponse response = readResponsesResponse(
        R"({"status":"completed","error":null,"model":"m","service_tier":"flex","output":[)"
        R"({"type":"web_search_call","action":{"type":"search"}},)"
        R"({"type":"web_search_call","action":{"type":"open_page"}},{"type":"web_search_call"}],)"
        R"("usage":{"input_tokens":1,"output_tokens":2}})");
    CHECK(response.valid);
    CHECK(response.model == "m");
    CHECK(response.service_tier == "flex");
    CHECK(response.usage.web_searches == 2);
    CHECK_FALSE(readResponsesResponse(R"({"status":"failed","error":{"code":"x"}})").valid);
    CHECK_FALSE(readResponsesResponse("[]").valid);
  }

  TEST_CASE("sealed reasoning is not counted") {
    CHECK(estimateResponsesOutput(
              R"({"output":[{"type":"reasoning","encrypted_content":"gAAAAAAAAAAAAA"}]})") == 0);
    CHECK(estimateResponsesOutput(
              R"({"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]})") >
          0);
  }
}
