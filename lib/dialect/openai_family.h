#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/openai_target.h"

namespace penstock::dialect {

// What OpenAI's two dialects of chat have in common, for their writers of requests.

inline bool isOpenAis(Dialect dialect) {
  return dialect == Dialect::OpenAi || dialect == Dialect::Responses;
}

// The effort to ask an OpenAI model for: the nearest that it has, Anthropic's budgets as the effort
// with the budget below them (anthropic_thinking.h). Nothing: none was asked for, or the model
// knows none, which is reported.
std::optional<Effort> fitEffort(const ChatRequest& request,
                                const std::optional<OpenAiTarget::Efforts>& efforts,
                                Losses& losses);

// A dialect's word for a service tier in OpenAI's: "default" is Anthropic's standard_only and
// Gemini's standard, which may be spelled SERVICE_TIER_STANDARD.
std::string tierInOpenAisWords(std::string_view tier);

// The service tier to ask for, in OpenAI's words; empty: none.
std::string fitTier(const ChatRequest& request, Losses& losses);

// Whether a member of a request without a typed place says the same in both: "metadata".
bool isSharedMember(std::string_view name);

}  // namespace penstock::dialect
