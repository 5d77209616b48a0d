#include "dialect/anthropic_thinking.h"

#include <algorithm>

#include "dialect/thought_signature.h"

namespace penstock::dialect {
namespace {

using Mode = Thinking::Mode;
using Style = AnthropicTarget::Thinking;

constexpr int64_t kLeastBudget = 1024;

// Whether the results at the end answer an assistant turn that does not begin with thinking.
bool loopLacksThinking(const ChatRequest& request) {
  bool results = false;
  for (auto message = request.messages.rbegin(); message != request.messages.rend(); ++message) {
    if (message->role == Role::User) {
      results = results || std::any_of(message->parts.begin(), message->parts.end(),
                                       [](const Part& part) { return part.is<ToolResultPart>(); });
      if (!results) return false;
    } else if (message->role == Role::Assistant) {
      if (message->parts.empty()) continue;
      const Part& first = message->parts.front();
      const auto* thought = first.as<ThinkingPart>();
      const bool signed_thought = thought != nullptr && isClaudeSignature(thought->signature);
      return results && !signed_thought && !first.is<RedactedThinkingPart>();
    }
  }
  return false;
}

class Planner {
 public:
  Planner(const ChatRequest& request, const AnthropicTarget& target, Losses& losses)
      : request_(request), target_(target), losses_(losses) {}

  ThinkingPlan plan(int64_t max_tokens) {
    plan_ = {request_.thinking, request_.effort};
    // Gemini's callers say apart whether to show the thinking.
    if (request_.source == Dialect::Gemini &&
        (target_.thinking == Style::Budget || !plan_.thinking.active()))
      plan_.thinking.display.clear();
    if (plan_.thinking.mode == Mode::Unset && request_.source != Dialect::Anthropic) fromEffort();
    switch (target_.thinking) {
      case Style::None: leaveOut("is not known to the model"); break;
      case Style::Budget: toBudget(); break;
      case Style::Both: break;
      case Style::Adaptive: toAdaptive(); break;
    }
    if (plan_.effort && !target_.effort) dropEffort();
    if (plan_.effort == Effort::None) plan_.effort.reset();
    if (plan_.effort == Effort::Minimal) {
      plan_.effort = Effort::Low;
      losses_.change(Field::Effort, "is told as low");
    }
    if (plan_.thinking.mode == Mode::Budget) fit(max_tokens);
    return std::move(plan_);
  }

 private:
  Field field() const { return request_.effort ? Field::Effort : Field::Thinking; }

  void leaveOut(std::string_view reason) {
    if (plan_.thinking.active() || plan_.thinking.mode == Mode::BetweenTools)
      losses_.drop(field(), reason);
    plan_.thinking = {};
  }

  // OpenAI's callers say only how hard to think.
  void fromEffort() {
    if (!plan_.effort) return;
    plan_.thinking.mode = *plan_.effort == Effort::None ? Mode::Disabled : Mode::Adaptive;
  }

  void toBudget() {
    Thinking& thinking = plan_.thinking;
    if (thinking.mode == Mode::BetweenTools) return leaveOut("is not known to the model");
    if (thinking.mode == Mode::Adaptive) {
      thinking.budget_tokens = budgetOf(plan_.effort.value_or(Effort::Medium));
      thinking.mode = Mode::Budget;
      thinking.display.clear();
      plan_.effort.reset();
      losses_.change(field(), "is told as a number of tokens");
    }
  }

  void toAdaptive() {
    Thinking& thinking = plan_.thinking;
    if (thinking.mode != Mode::Budget) return;
    if (!plan_.effort) plan_.effort = effortOfBudget(thinking.budget_tokens);
    thinking.mode = Mode::Adaptive;
    thinking.budget_tokens = 0;
    losses_.change(field(), "is told as an effort, not as a number of tokens");
  }

  void dropEffort() {
    if (*plan_.effort != Effort::None && !plan_.thinking.active())
      losses_.drop(Field::Effort, "is not known to the model");
    plan_.effort.reset();
  }

  void fit(int64_t max_tokens) {
    Thinking& thinking = plan_.thinking;
    if (loopLacksThinking(request_))
      return leaveOut("needs the thinking of the turn that called the tools");
    const auto budget = fittedBudget(thinking.budget_tokens, max_tokens);
    if (!budget) return leaveOut("does not fit the limit of the answer");
    if (*budget != thinking.budget_tokens) losses_.change(field(), "is fitted to the limit");
    thinking.budget_tokens = *budget;
  }

  const ChatRequest& request_;
  const AnthropicTarget& target_;
  Losses& losses_;
  ThinkingPlan plan_;
};

}  // namespace

int64_t budgetOf(Effort effort) {
  switch (effort) {
    case Effort::None: return 0;
    case Effort::Minimal: return 1024;
    case Effort::Low: return 2048;
    case Effort::Medium: return 4096;
    case Effort::High: return 8192;
    case Effort::XHigh:
    case Effort::Max: return 16'384;
  }
  return 0;
}

Effort effortOfBudget(int64_t budget) {
  if (budget < 4096) return Effort::Low;
  if (budget < 8192) return Effort::Medium;
  return Effort::High;
}

void writeThinkingMember(const Thinking& thinking, json::Writer& out) {
  const auto begin = [&out](std::string_view type) {
    out.key("thinking").beginObject().field("type", type);
  };
  switch (thinking.mode) {
    case Mode::Unset: return;
    case Mode::Disabled: begin("disabled"); break;
    case Mode::BetweenTools: begin("between_tools"); break;
    case Mode::Adaptive: begin("adaptive"); break;
    case Mode::Budget:
      begin("enabled");
      out.field("budget_tokens", thinking.budget_tokens);
      break;
  }
  if (!thinking.display.empty()) out.field("display", thinking.display);
  out.endObject();
}

std::optional<int64_t> fittedBudget(int64_t budget, int64_t max_tokens) {
  if (max_tokens <= kLeastBudget) return std::nullopt;
  const int64_t wanted = std::max(budget, kLeastBudget);
  return wanted < max_tokens ? wanted : std::max(kLeastBudget, max_tokens / 2);
}

ThinkingPlan planThinking(const ChatRequest& request, const AnthropicTarget& target,
                          int64_t max_tokens, Losses& losses) {
  return Planner(request, target, losses).plan(max_tokens);
}

}  // namespace penstock::dialect
