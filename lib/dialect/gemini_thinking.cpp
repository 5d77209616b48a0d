#include "dialect/gemini_thinking.h"

#include <algorithm>

#include "dialect/anthropic_thinking.h"

namespace penstock::dialect {
namespace {

using Mode = Thinking::Mode;
using Style = GeminiTarget::Thinking;

// What is wanted, whatever way it was said.
struct Wish {
  bool off = false;
  bool dynamic = false;
  std::optional<int64_t> budget;
  std::optional<Effort> effort;
  Field field = Field::Thinking;
  bool any() const { return off || dynamic || budget || effort; }
};

Wish wishOf(const ChatRequest& request) {
  Wish wish;
  wish.field = request.effort ? Field::Effort : Field::Thinking;
  wish.off = request.thinking.mode == Mode::Disabled || request.effort == Effort::None;
  if (wish.off) return wish;
  wish.effort = request.effort;
  if (request.thinking.mode == Mode::Budget) wish.budget = request.thinking.budget_tokens;
  wish.dynamic = request.thinking.mode == Mode::Adaptive && !wish.effort;
  return wish;
}

int64_t budgetFor(const Wish& wish, const GeminiTarget& target, Losses& losses) {
  if (wish.off) {
    if (target.can_stop_thinking) return 0;
    losses.change(wish.field, "is as little as the model takes, which cannot stop it");
    return target.least_budget;
  }
  if (!wish.budget && wish.dynamic) return -1;
  const int64_t wanted = wish.budget.value_or(budgetOf(wish.effort.value_or(Effort::Medium)));
  const int64_t budget = std::clamp(wanted, target.least_budget, target.most_budget);
  if (!wish.budget)
    losses.change(wish.field, "is told as a number of tokens");
  else if (budget != wanted)
    losses.change(wish.field, "is fitted to what the model takes");
  return budget;
}

std::string_view levelWord(Effort effort) {
  switch (effort) {
    case Effort::None:
    case Effort::Minimal: return "MINIMAL";
    case Effort::Low: return "LOW";
    case Effort::Medium: return "MEDIUM";
    case Effort::High:
    case Effort::XHigh:
    case Effort::Max: return "HIGH";
  }
  return "HIGH";
}

std::string_view levelFor(const Wish& wish, const GeminiTarget& target, Losses& losses) {
  if (wish.dynamic) return {};
  if (wish.off) {
    losses.change(wish.field, "is as little as the model takes, which cannot stop it");
    return levelWord(target.least_level);
  }
  if (!wish.effort) losses.change(wish.field, "is told as a level, not as a number of tokens");
  const Effort wanted = wish.effort.value_or(effortOfBudget(wish.budget.value_or(0)));
  Effort level = std::clamp(wanted, target.least_level, Effort::High);
  if (level == Effort::Medium && !target.medium_level) level = Effort::High;
  if (wish.effort && level != wanted) losses.change(wish.field, "is told as the nearest level");
  return levelWord(level);
}

std::optional<bool> includes(const ChatRequest& request, const Wish& wish) {
  if (!request.thinking.display.empty()) return request.thinking.display == "summarized";
  if (request.source != Dialect::Gemini && wish.any() && !wish.off) return true;
  return std::nullopt;
}

}  // namespace

GeminiThinking planGeminiThinking(const ChatRequest& request, const GeminiTarget& target,
                                  Losses& losses) {
  const Wish wish = wishOf(request);
  if (target.thinking == Style::None) {
    if (wish.any() && !wish.off) losses.drop(wish.field, "is not known to the model");
    return {};
  }
  if (request.thinking.mode == Mode::BetweenTools)
    losses.drop(Field::Thinking, "is not known to the model");
  GeminiThinking plan{.budget = {}, .level = {}, .include = includes(request, wish)};
  if (!wish.any()) return plan;
  if (target.thinking == Style::Budget)
    plan.budget = budgetFor(wish, target, losses);
  else
    plan.level = levelFor(wish, target, losses);
  return plan;
}

}  // namespace penstock::dialect
