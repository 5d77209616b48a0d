#pragma once

#include <string>

#include "base/result.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/openai_target.h"

namespace penstock::dialect {

// The typed model as the body of an OpenAI chat completion request. A stream always asks for its
// usage, where the target knows how. What it could not say is in `losses`, whose error() is
// answered when one is final.
Result<std::string> writeOpenAiChat(const ChatRequest& request, const OpenAiTarget& target,
                                    Losses& losses);

}  // namespace penstock::dialect
