#pragma once

#include "base/result.h"
#include "dialect/bedrock_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"

namespace penstock::dialect {

// The typed model as the body of a Bedrock Converse or ConverseStream request: target.model and
// which of them are the URL's. What it could not say is in `losses`, whose error() is answered when
// one is final; other errors are InvalidRequest: calls and results of tools that do not match, no
// message that says anything, an order of messages that the model refuses.
Result<WrittenRequest> writeBedrockConverse(const ChatRequest& request, const BedrockTarget& target,
                                            Losses& losses);

}  // namespace penstock::dialect
