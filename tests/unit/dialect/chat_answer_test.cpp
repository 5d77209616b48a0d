#include "dialect/chat_answer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock::dialect;

TEST_SUITE("dialect/chat_answer") {
  TEST_CASE("stop reasons go by the table of spec/dialects.md 8") {
    struct Case {
      const char *anthropic, *openai, *extension, *back;
    };
    const std::vector<Case> cases = {
        {"end_turn", "stop", "", "end_turn"},
        {"stop_sequence", "stop", "stop_sequence", "end_turn"},
        {"pause_turn", "stop", "pause_turn", "end_turn"},
        {"max_tokens", "length", "", "max_tokens"},
        {"model_context_window_exceeded", "length", "model_context_window_exceeded", "max_tokens"},
        {"tool_use", "tool_calls", "", "tool_use"},
        {"refusal", "content_filter", "", "refusal"},
        {"brand_new", "stop", "brand_new", "end_turn"},
    };
    for (const Case& c : cases) {
      const Stop stop = stopOfAnthropic(c.anthropic);
      INFO(std::string(c.anthropic));
      CHECK(openAiFinish(stop.reason) == c.openai);
      CHECK(openAiExtension(stop) == c.extension);
      CHECK(anthropicStop(stopOfOpenAi(c.openai).reason) == c.back);
    }
    CHECK(anthropicStop(stopOfOpenAi("function_call").reason) == "tool_use");
    CHECK(anthropicExtension(stopOfOpenAi("brand_new")) == "brand_new");
    CHECK(anthropicExtension(stopOfOpenAi("length")) == "");
  }
}
