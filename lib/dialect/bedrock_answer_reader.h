#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/chat_answer.h"
#include "dialect/chat_request.h"

namespace penstock::dialect {

// A Converse answer as the typed model; it names neither itself nor the model. Members that are odd
// are left out, blocks that are not known kept as OtherPart. Error: UpstreamFailed/
// "invalid_response" when the body is no JSON object with a message, or the model failed to say
// anything that holds (malformed_tool_use).
Result<ChatAnswer> readBedrockAnswer(std::string_view body, const AnswerContext& context);

// Shared with streams: whether a reason to stop is the model's failure, which another attempt may
// not meet.
bool isBedrockFailure(std::string_view stop_reason);

}  // namespace penstock::dialect
