#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/chat_answer.h"
#include "json/value.h"

namespace penstock::dialect {

// A chat.completion as the typed model: its first choice. Members that are odd are left out, so
// that a server's new idea breaks nothing. Error: UpstreamFailed/"invalid_response" when the body
// is no JSON object with a choice in it.
Result<ChatAnswer> readOpenAiAnswer(std::string_view body);

// What is wrong with a provider's answer that is none.
ApiError invalidAnswer(std::string detail);

}  // namespace penstock::dialect
