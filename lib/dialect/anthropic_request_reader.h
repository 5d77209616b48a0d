#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/chat_request.h"
#include "json/document.h"

namespace penstock::dialect {

// The body of an Anthropic Messages request as the typed model. mlx:* members are no part of it:
// anthropic_request.h has read them, and requires max_tokens: a count of tokens has none. Errors
// are InvalidRequest with the field as `param`; members and kinds of blocks that are not known are
// kept as extras.
Result<ChatRequest> readAnthropicMessages(std::string_view body, const json::Limits& limits = {});

}  // namespace penstock::dialect
