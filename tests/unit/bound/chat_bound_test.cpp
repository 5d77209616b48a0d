#include "bound/chat_bound.h"

#include <doctest/doctest.h>

#include <string>

#include "dialect/anthropic_request.h"
#include "dialect/gemini_request.h"
#include "dialect/openai_request.h"

using namespace penstock;
using namespace penstock::bound;

namespace {

const pricing::Price kPlain;

pricing::Quote quoteWith(std::optional<int64_t> window, std::optional<int64_t> most = {}) {
  return {&kPlain, pricing::Basis::Catalogue, window, most};
}

pricing::RequestBound openAi(const std::string& fields, const pricing::Quote& quote,
                             const std::string& model = "gpt-4o", Output output = Output::Chat) {
  const std::string text =
      R"({"model":"m","messages":[{"role":"user","content":"hello"}])" + fields + "}";
  const auto request = dialect::parseOpenAiChat(text);
  REQUIRE(request);
  return boundOf({*request, model, "openai", {}, output}, quote);
}

}  // namespace

TEST_SUITE("bound/chat_bound") {
  TEST_CASE("the output is bounded by the caller, and by what the model can write") {
    CHECK(openAi(R"(,"max_tokens":100)", quoteWith(128'000)).output_tokens == 100);
    CHECK(openAi(R"(,"max_tokens":100,"n":3)", quoteWith(128'000)).output_tokens == 300);
    CHECK(openAi(R"(,"max_tokens":500000)", quoteWith(128'000)).output_tokens == 128'000);
    CHECK(openAi(R"(,"max_tokens":500000)", quoteWith(128'000, 4096)).output_tokens == 4096);
    CHECK(openAi(R"(,"max_tokens":500000)", quoteWith({})).output_tokens == 500'000);
    CHECK(openAi("", quoteWith({})).output_tokens == 131'072);
    CHECK(openAi(R"(,"max_tokens":9)", quoteWith({}), "e", Output::None).output_tokens == 0);
  }

  TEST_CASE("the window bounds the input unless Anthropic is asked for more of it") {
    const std::string text =
        R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":")" +
        std::string(5000, 'x') + R"("}]})";
    const auto request = dialect::parseAnthropicMessages(text);
    REQUIRE(request);
    CHECK(boundOf({*request, "claude-sonnet-4-5", "anthropic"}, quoteWith(1000)).input_tokens ==
          1000);
    CHECK(boundOf({*request, "claude-sonnet-4-5", "anthropic", "a,context-1m-2025-08-07"},
                  quoteWith(1000))
              .input_tokens > 5000);
    CHECK(boundOf({*request, "claude-sonnet-4-5", "anthropic", "other"}, quoteWith(1000))
              .input_tokens == 1000);
  }

  TEST_CASE("searches: none, once where a prompt is billed once, else the most") {
    CHECK(openAi("", quoteWith({})).web_searches == 0);
    CHECK(openAi(R"(,"web_search_options":{})", quoteWith({})).web_searches == 30);
    CHECK(openAi("", quoteWith({}), "gpt-4o-search-preview-2025-03-11").web_searches == 1);
    const std::string text =
        R"({"contents":[{"parts":[{"text":"x"}]}],"tools":[{"googleSearch":{}}]})";
    const auto gemini = [&text](const char* model, const char* seller = "google") {
      const auto request =
          dialect::parseGeminiContent(text, {model, dialect::GeminiVerb::Generate});
      REQUIRE(request);
      return boundOf({*request, model, seller}, quoteWith({})).web_searches;
    };
    CHECK(gemini("gemini-2.5-flash") == 1);
    CHECK(gemini("gemini-3-flash-preview") == 30);
    CHECK(gemini("gemini-2.5-flash", "openrouter") == 30);
    CHECK(openAi("", quoteWith({}), "sonar-deep-research").web_searches == 100);
    // A letter that is hidden in an escape.
    CHECK(openAi(R"(,"tools":[{"type":"w\u0065b_search"}])", quoteWith({})).web_searches == 30);
    CHECK(openAi(R"(,"tools":[{"type":"function","function":{"name":"f","description":"\u00e9"}}])",
                 quoteWith({}))
              .web_searches == 0);
  }
}
