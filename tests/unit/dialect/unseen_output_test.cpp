#include "dialect/unseen_output.h"

#include <doctest/doctest.h>

#include "dialect/openai_request.h"

using namespace penstock::dialect;

namespace {

OpenAiRequest requestWith(const std::string& fields) {
  // The view points into the text.
  static std::string text;
  text = R"({"model":"m","messages":[{"role":"user","content":"x"}])" + fields + "}";
  auto request = parseOpenAiChat(text);
  REQUIRE(request);
  return *std::move(request);
}

}  // namespace

TEST_SUITE("dialect/unseen_output") {
  TEST_CASE("models that keep their thinking to themselves are known by their families") {
    const OpenAiRequest plain = requestWith("");
    for (const char* model :
         {"o3", "o4-mini", "gpt-5", "openai/gpt-5.1-mini", "GPT-6-astra", "gpt-5-codex",
          "codex-mini-latest", "gemini-2.5-pro", "models/gemini-3-flash-preview", "claude-opus-4-8",
          "us.anthropic.claude-opus-5-v1:0", "grok-4-fast-reasoning", "amazon.nova-2-lite-v1:0",
          "sonar-deep-research"}) {
      INFO(model);
      CHECK(mayThinkUnseen(model, plain));
    }
    for (const char* model :
         {"gpt-4o", "gpt-4.1-mini", "gpt-5-chat-latest", "gpt-oss-120b", "gemini-2.0-flash",
          "claude-3-5-haiku-latest", "claude-sonnet-4-5", "grok-3-mini",
          "grok-4-fast-non-reasoning", "deepseek-reasoner", "llama-3.3-70b", "demo-chat", ""}) {
      INFO(model);
      CHECK_FALSE(mayThinkUnseen(model, plain));
    }
  }

  TEST_CASE("Claude before 4.7 thinks where it is asked to") {
    for (const char* asked : {R"(,"thinking":{"type":"enabled","budget_tokens":2048})",
                              R"(,"reasoning_effort":"low")"}) {
      const OpenAiRequest request = requestWith(asked);
      CHECK(mayThinkUnseen("claude-sonnet-4-5", request));
      CHECK_FALSE(mayThinkUnseen("claude-3-haiku", request));
    }
  }

  TEST_CASE("the most in a time, rounded up") {
    CHECK(mostTokensIn(1'000'000, "openai") == 400);
    CHECK(mostTokensIn(1, "") == 1);
    CHECK(mostTokensIn(0, "openai") == 0);
    CHECK(mostTokensIn(-1, "openai") == 0);
    CHECK(mostTokensIn(1'000'000, "cerebras") == 4'000);
    CHECK(mostTokensIn(INT64_MAX, "openai") == 400LL * 24 * 3600);
  }
}
