#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/chat_answer.h"
#include "dialect/chat_request.h"

namespace penstock::dialect {

// An Anthropic message as the typed model. Members that are odd are left out. Error:
// UpstreamFailed/"invalid_response" when the body is no JSON object with content.
Result<ChatAnswer> readAnthropicAnswer(std::string_view body, const AnswerContext& context);

// Turns the calls of tools that a writer made up back into what they stand for.
void unwrapTools(ChatAnswer& answer, const AnswerContext& context);

// The text of a custom tool's call, {"input":"…"}; the whole when it is not that.
std::string customInput(std::string_view arguments);

}  // namespace penstock::dialect
