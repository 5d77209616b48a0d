#include "dialect/gemini_thinking.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::dialect;

namespace {

std::string plan(const ChatRequest& request, std::string_view model) {
  Losses losses(request.source);
  const GeminiThinking plan = planGeminiThinking(request, geminiTargetOf(model), losses);
  std::string text(plan.level);
  if (plan.budget) text += std::to_string(*plan.budget);
  if (plan.include) text += *plan.include ? " shown" : " hidden";
  for (const Loss& loss : losses.all())
    text += loss.kind == LossKind::Dropped ? " dropped" : " changed";
  return text;
}

std::string effort(Effort effort, std::string_view model) {
  return plan({.source = Dialect::OpenAi, .effort = effort}, model);
}

std::string mode(Thinking thinking, std::string_view model, Dialect source = Dialect::Anthropic) {
  return plan({.source = source, .thinking = std::move(thinking)}, model);
}

}  // namespace

TEST_SUITE("dialect/gemini_thinking") {
  TEST_CASE("efforts become levels or budgets") {
    CHECK(effort(Effort::High, "gemini-3-pro") == "HIGH shown");
    CHECK(effort(Effort::Medium, "gemini-3-pro") == "HIGH shown changed");
    CHECK(effort(Effort::Medium, "gemini-3-flash") == "MEDIUM shown");
    CHECK(effort(Effort::Minimal, "gemini-3-pro") == "LOW shown changed");
    CHECK(effort(Effort::Max, "gemini-3-flash") == "HIGH shown changed");
    CHECK(effort(Effort::Medium, "gemini-2.5-flash") == "4096 shown changed");
    CHECK(effort(Effort::High, "gemini-2.0-flash") == " dropped");
  }

  TEST_CASE("thinking is stopped where it can be") {
    CHECK(effort(Effort::None, "gemini-2.5-flash") == "0");
    CHECK(effort(Effort::None, "gemini-2.5-pro") == "128 changed");
    CHECK(effort(Effort::None, "gemini-3-flash") == "MINIMAL changed");
    CHECK(effort(Effort::None, "gemini-2.0-flash") == "");
  }

  TEST_CASE("budgets are fitted, or become levels") {
    using Mode = Thinking::Mode;
    CHECK(mode({Mode::Budget, 10'000}, "gemini-2.5-pro") == "10000 shown");
    CHECK(mode({Mode::Budget, 99'000}, "gemini-2.5-flash") == "24576 shown changed");
    CHECK(mode({Mode::Budget, 5000}, "gemini-3-flash") == "MEDIUM shown changed");
    CHECK(mode({Mode::Adaptive, 0, "omitted"}, "gemini-2.5-pro") == "-1 hidden");
    CHECK(mode({Mode::Adaptive}, "gemini-3-pro") == " shown");
    CHECK(mode({Mode::BetweenTools}, "gemini-3-pro") == " dropped");
    CHECK(mode({Mode::Budget, 10'000}, "gemini-2.5-pro", Dialect::Gemini) == "10000");
  }
}
