#include "dialect/anthropic_thinking.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;
using Mode = Thinking::Mode;

namespace {

ThinkingPlan plan(const ChatRequest& request, const char* model, int64_t limit = 64'000) {
  Losses losses(request.source);
  return planThinking(request, anthropicTargetOf(model), limit, losses);
}

ChatRequest effort(Effort effort) {
  ChatRequest request;
  request.effort = effort;
  return request;
}

ChatRequest budget(int64_t tokens) {
  ChatRequest request{.source = Dialect::Anthropic};
  request.thinking = {.mode = Mode::Budget, .budget_tokens = tokens};
  return request;
}

}  // namespace

TEST_SUITE("dialect/anthropic_thinking") {
  TEST_CASE("an effort is a budget for old models and an effort for new ones") {
    for (const auto& [asked, tokens] : {std::pair{Effort::Minimal, 1024},
                                        {Effort::Low, 2048},
                                        {Effort::Medium, 4096},
                                        {Effort::High, 8192},
                                        {Effort::XHigh, 16384},
                                        {Effort::Max, 16384}}) {
      const auto old = plan(effort(asked), "claude-sonnet-4-5");
      CHECK(old.thinking.mode == Mode::Budget);
      CHECK(old.thinking.budget_tokens == tokens);
      CHECK(!old.effort);
      const auto fresh = plan(effort(asked), "claude-opus-5");
      CHECK(fresh.thinking.mode == Mode::Adaptive);
      CHECK(fresh.effort == (asked == Effort::Minimal ? Effort::Low : asked));
    }
    CHECK(plan(effort(Effort::None), "claude-opus-5").thinking.mode == Mode::Disabled);
    CHECK(plan(effort(Effort::High), "claude-3-haiku-20240307").thinking.mode == Mode::Unset);
  }

  TEST_CASE("a budget is never more than the limit, and the limit is never raised") {
    CHECK(plan(effort(Effort::High), "claude-sonnet-4-5", 9000).thinking.budget_tokens == 8192);
    CHECK(plan(effort(Effort::High), "claude-sonnet-4-5", 8192).thinking.budget_tokens == 4096);
    CHECK(plan(effort(Effort::High), "claude-sonnet-4-5", 1500).thinking.budget_tokens == 1024);
    CHECK(plan(effort(Effort::High), "claude-sonnet-4-5", 1024).thinking.mode == Mode::Unset);
    CHECK(plan(budget(5000), "claude-opus-4-6", 3000).thinking.budget_tokens == 1500);
  }

  TEST_CASE("models that know only efforts are told one, and the other way round") {
    const auto fresh = plan(budget(5000), "claude-opus-5");
    CHECK(fresh.thinking.mode == Mode::Adaptive);
    CHECK(fresh.effort == Effort::Medium);
    ChatRequest adaptive{.source = Dialect::Anthropic};
    adaptive.thinking.mode = Mode::Adaptive;
    CHECK(plan(adaptive, "claude-sonnet-4-5").thinking.budget_tokens == 4096);
    adaptive.effort = Effort::High;
    CHECK(plan(adaptive, "claude-sonnet-4-5").thinking.budget_tokens == 8192);
  }

  TEST_CASE("an effort of Anthropic's callers does not turn thinking on") {
    ChatRequest request = effort(Effort::High);
    request.source = Dialect::Anthropic;
    const auto same = plan(request, "claude-opus-4-6");
    CHECK(same.thinking.mode == Mode::Unset);
    CHECK(same.effort == Effort::High);
  }

  TEST_CASE("a tool loop that was begun without thinking goes on without a budget") {
    ChatRequest request = effort(Effort::High);
    Message call{.role = Role::Assistant, .parts = {{.value = ToolCallPart{"a", "f", "{}"}}}};
    Message result{.parts = {{.value = ToolResultPart{"a", {}, false}}}};
    request.messages = {call, result};
    CHECK(plan(request, "claude-sonnet-4-5").thinking.mode == Mode::Unset);
    CHECK(plan(request, "claude-opus-5").thinking.mode == Mode::Adaptive);
    call.parts.insert(call.parts.begin(), Part{.value = ThinkingPart{"t", "signed"}});
    request.messages = {call, result};
    CHECK(plan(request, "claude-sonnet-4-5").thinking.mode == Mode::Budget);
    request.messages.push_back({.parts = {{.value = TextPart{"next"}}}});
    CHECK(plan(request, "claude-sonnet-4-5").thinking.mode == Mode::Budget);
  }
}
