#pragma once

#include <optional>

#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/openai_target.h"

namespace penstock::dialect {

// The effort to ask an OpenAI model for: the nearest that it has, Anthropic's budgets as the effort
// with the budget below them (anthropic_thinking.h). Nothing: none was asked for, or the model
// knows none, which is reported.
std::optional<Effort> fitEffort(const ChatRequest& request,
                                const std::optional<OpenAiTarget::Efforts>& efforts,
                                Losses& losses);

}  // namespace penstock::dialect
