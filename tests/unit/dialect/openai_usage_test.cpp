#include "dialect/openai_usage.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;
using model::Usage;

namespace {

// "uncached/read/write/audio > text/reasoning/audio"
std::string buckets(const Usage& u) {
  const auto text = [](int64_t n) { return std::to_string(n); };
  return text(u.input_uncached) + "/" + text(u.input_cache_read) + "/" + text(u.input_cache_write) +
         "/" + text(u.input_audio) + " > " + text(u.output_text) + "/" + text(u.output_reasoning) +
         "/" + text(u.output_audio);
}

}  // namespace

TEST_SUITE("dialect/openai_usage") {
  TEST_CASE("overlapping counts are taken apart into disjoint buckets") {
    struct Case {
      std::string name, raw, expected;
    };
    const std::vector<Case> cases = {
        {"plain", R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})",
         "10/0/0/0 > 5/0/0"},
        {"all details",
         R"({"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
             "prompt_tokens_details":{"cached_tokens":40,"cache_write_tokens":20,"audio_tokens":10},
             "completion_tokens_details":{"reasoning_tokens":30,"audio_tokens":5}})",
         "30/40/20/10 > 15/30/5"},
        {"null details",
         R"({"prompt_tokens":9,"completion_tokens":1,"prompt_tokens_details":null})",
         "9/0/0/0 > 1/0/0"},
        {"deepseek",
         R"({"prompt_tokens":9,"completion_tokens":1,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":5})",
         "5/4/0/0 > 1/0/0"},
        {"moonshot", R"({"prompt_tokens":9,"completion_tokens":1,"cached_tokens":3})",
         "6/3/0/0 > 1/0/0"},
        {"reasoning not in completion",
         R"({"prompt_tokens":10,"completion_tokens":7,"total_tokens":67,
             "completion_tokens_details":{"reasoning_tokens":50}})",
         "10/0/0/0 > 7/50/0"},
        {"reasoning not in completion nor in details",
         R"({"prompt_tokens":10,"completion_tokens":7,"total_tokens":67})", "10/0/0/0 > 7/50/0"},
        {"embeddings", R"({"prompt_tokens":8,"total_tokens":8})", "8/0/0/0 > 0/0/0"},
        {"total only", R"({"total_tokens":8})", "8/0/0/0 > 0/0/0"},
        {"parts beyond their whole",
         R"({"prompt_tokens":10,"completion_tokens":5,
             "prompt_tokens_details":{"cached_tokens":40,"audio_tokens":9},
             "completion_tokens_details":{"reasoning_tokens":30}})",
         "0/10/0/0 > 0/5/0"},
        {"negative", R"({"prompt_tokens":-10,"completion_tokens":-5,"total_tokens":-1})",
         "0/0/0/0 > 0/0/0"},
        {"beyond int64", R"({"prompt_tokens":1e300,"completion_tokens":99999999999999999999999})",
         "1000000000/0/0/0 > 1000000000/0/0"},
        {"wrong kinds", R"({"prompt_tokens":"10","completion_tokens":5,"total_tokens":null})",
         "0/0/0/0 > 5/0/0"},
        {"floats", R"({"prompt_tokens":10.0,"completion_tokens":5.7})", "10/0/0/0 > 5/0/0"},
    };
    for (const Case& c : cases) {
      INFO(c.name);
      const Usage usage = readOpenAiUsage(c.raw);
      CHECK(buckets(usage) == c.expected);
      CHECK(usage.source == Usage::Source::Provider);
    }
    for (const char* none : {"{}", "null", "[]", "", "{\"cost\":1}"}) {
      CHECK(readOpenAiUsage(none) == Usage{});
    }
  }

  TEST_CASE("a response gives usage, model and validity, wherever servers put them") {
    const auto plain = readOpenAiResponse(
        R"({"model":"gpt-4o-2024","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}})");
    CHECK(plain.valid);
    CHECK(plain.model == "gpt-4o-2024");
    CHECK(plain.usage.input() == 3);
    CHECK(readOpenAiResponse(R"({"x_groq":{"usage":{"prompt_tokens":4}}})").usage.input() == 4);
    CHECK(readOpenAiResponse(R"({"usage":null,"choices":[{"a":1},{"usage":{"prompt_tokens":5}}]})")
              .usage.input() == 5);
    const auto error = readOpenAiResponse(R"({"error":{"message":"x"}})");
    CHECK(!error.valid);
    CHECK(readOpenAiResponse(R"({"error":null})").valid);
    CHECK_FALSE(readOpenAiResponse(
                    R"({"choices":null,"base_resp":{"status_code":1004,"status_msg":"login"}})")
                    .valid);
    CHECK(readOpenAiResponse(R"({"base_resp":{"status_code":0,"status_msg":""}})").valid);
    const auto garbage = readOpenAiResponse("<html>");
    CHECK(!garbage.valid);
    CHECK(garbage.usage.source == Usage::Source::None);
  }

  TEST_CASE("images, cached modalities and what is counted by the piece") {
    const Usage usage = readOpenAiUsage(
        R"({"input_tokens":1000,"output_tokens":500,"total_tokens":1500,
            "input_tokens_details":{"text_tokens":100,"image_tokens":600,"audio_tokens":300,
              "cached_tokens":250,"cached_tokens_details":{"text_tokens":50,"audio_tokens":80,
              "image_tokens":120}},
            "output_tokens_details":{"image_tokens":400,"reasoning_tokens":60},
            "server_tool_use":{"web_search_requests":3}})");
    CHECK(usage.input_cache_read == 50);
    CHECK(usage.input_cache_read_audio == 80);
    CHECK(usage.input_cache_read_image == 120);
    CHECK(usage.input_audio == 220);
    CHECK(usage.input_image == 480);
    CHECK(usage.input_uncached == 50);
    CHECK(usage.input() == 1000);
    CHECK(usage.output_image == 400);
    CHECK(usage.output_reasoning == 60);
    CHECK(usage.output_text == 40);
    CHECK(usage.web_searches == 3);
    CHECK(readOpenAiUsage(R"({"prompt_tokens":5,"num_search_queries":2})").web_searches == 2);
    const Usage spoken = readOpenAiUsage(R"({"type":"duration","seconds":12.0004})");
    CHECK(spoken.source == Usage::Source::Provider);
    CHECK(spoken.audio_ms == 12'001);
    CHECK(readOpenAiUsage(R"({"seconds":-3})").audio_ms == 0);
    CHECK(readOpenAiUsage(R"({"prompt_tokens":5,"prompt_tokens_details":{"audio_tokens":2,
                              "cached_tokens_details":{"audio_tokens":9}}})")
              .input_audio == 2);  // nothing was cached
  }

  TEST_CASE("the tier of service is read, within bounds") {
    CHECK(readOpenAiResponse(R"({"service_tier":"flex"})").service_tier == "flex");
    CHECK(readOpenAiResponse(R"({"service_tier":null})").service_tier.empty());
    CHECK(readOpenAiResponse(R"({"service_tier":")" + std::string(65, 'x') + "\"}")
              .service_tier.empty());
  }

  TEST_CASE("a whole answer without usage is estimated by what its messages hold") {
    CHECK(estimateOpenAiOutput(R"({"choices":[{"message":{"role":"assistant","content":"abcdefg",
          "refusal":null,"tool_calls":[]}}]})") == 5);  // 7 letters and 2 quotes: 13/3
    CHECK(estimateOpenAiOutput(R"({"choices":[{"text":"abc"}]})") == 3);
    CHECK(estimateOpenAiOutput(R"({"object":"list","data":[{"embedding":[0.1,0.2]}]})") == 0);
    CHECK(estimateOpenAiOutput("garbage") == 0);
  }
}
