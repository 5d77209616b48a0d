#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/chat_request.h"
#include "json/document.h"

namespace penstock::dialect {

// The body of a Responses request as the typed model. mlx:* members are no part of it:
// responses_request.h has read them. Members and kinds of items that are not known are kept as
// extras, "reasoning.context" and "text.verbosity" for members of those two.
//
// What needs state is the caller's, before this: responses_history.h puts stored items in place of
// previous_response_id, and resolves item references. What is still here of it (also "conversation"
// and "background": true) is refused with InvalidRequest/"unsupported_parameter"; "store" is passed
// over. Other errors as readOpenAiChat()'s.
Result<ChatRequest> readResponses(std::string_view body, const json::Limits& limits = {});

}  // namespace penstock::dialect
