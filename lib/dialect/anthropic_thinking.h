#pragma once

#include <cstdint>
#include <optional>

#include "dialect/anthropic_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// How a request is to think, in terms that the target knows.
struct ThinkingPlan {
  Thinking thinking;
  std::optional<Effort> effort;  // of output_config
};

// Old models know only budgets, new ones only efforts (spec/dialects.md 0, 5). Efforts stand for
// budgets of 1,024, 2,048, 4,096, 8,192 and 16,384 tokens.
//
// A budget is part of `max_tokens`, as reasoning is part of OpenAI's limit. It is lowered to half
// of the limit where it does not fit, and thinking is left out where 1,024 do not: never is a limit
// raised, for budgets have been reserved by it.
//
// With a budget, Anthropic wants each assistant turn of the tool loop under way to begin with its
// thinking. Where it does not (it came from another provider), thinking is left out as well.
ThinkingPlan planThinking(const ChatRequest& request, const AnthropicTarget& target,
                          int64_t max_tokens, Losses& losses);

// The budget that fits below the limit, by the rule above; nothing where none does.
std::optional<int64_t> fittedBudget(int64_t budget, int64_t max_tokens);

// "thinking":{"type":"enabled",…}, a member of an open object, if it says anything.
void writeThinkingMember(const Thinking& thinking, json::Writer& out);

// What efforts are in tokens, and the other way round.
int64_t budgetOf(Effort effort);
Effort effortOfBudget(int64_t budget);

}  // namespace penstock::dialect
