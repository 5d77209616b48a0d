#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_request.h"
#include "json/document.h"

namespace penstock::dialect {

// The body of an OpenAI chat completion request as the typed model. mlx:* members are no part of
// it: openai_request.h has read them. Errors as there; members and kinds of parts that are not
// known are kept as extras.
Result<ChatRequest> readOpenAiChat(std::string_view body, const json::Limits& limits = {});

// "minimal", "high", …
std::optional<Effort> effortOf(std::string_view word);
std::string_view effortWord(Effort effort);

// "auto", "required", "none"
std::optional<ToolChoice::Mode> toolChoiceOf(std::string_view word);

}  // namespace penstock::dialect
