#pragma once

#include <string>

#include "base/result.h"
#include "dialect/anthropic_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"

namespace penstock::dialect {

// The typed model as the body of an Anthropic Messages request. What it could not say is in
// `losses`, whose error() is answered when one is final; other errors are InvalidRequest: calls and
// results of tools that do not match, no message that says anything.
Result<WrittenRequest> writeAnthropicMessages(const ChatRequest& request,
                                              const AnthropicTarget& target, Losses& losses);

}  // namespace penstock::dialect
