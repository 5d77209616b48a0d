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
         "1000000000000/0/0/0 > 1000000000000/0/0"},
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
    const auto garbage = readOpenAiResponse("<html>");
    CHECK(!garbage.valid);
    CHECK(garbage.usage.source == Usage::Source::None);
  }
}
