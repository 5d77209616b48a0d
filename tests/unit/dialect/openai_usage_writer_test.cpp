#include "dialect/openai_usage_writer.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/openai_usage_writer") {
  TEST_CASE("the whole includes its parts") {
    model::Usage usage;
    usage.input_uncached = 10;
    usage.input_cache_read = 20;
    usage.input_cache_write = 30;
    usage.input_cache_write_1h = 40;
    usage.input_audio = 5;
    usage.output_text = 7;
    usage.output_reasoning = 3;
    std::string text;
    json::Writer out(text);
    writeOpenAiUsage(out, usage);
    CHECK(
        text ==
        R"({"prompt_tokens":105,"completion_tokens":10,"total_tokens":115,)"
        R"("prompt_tokens_details":{"cached_tokens":20,"cache_write_tokens":70,"audio_tokens":5},)"
        R"("completion_tokens_details":{"reasoning_tokens":3,"audio_tokens":0}})");
  }
}
