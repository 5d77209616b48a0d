#pragma once

#include "base/result.h"
#include "dialect/chat_request.h"
#include "dialect/gemini_target.h"
#include "dialect/losses.h"

namespace penstock::dialect {

// The typed model as the body of a Gemini request, for either verb: target.model and the verb are
// the URL's. What it could not say is in `losses`, whose error() is answered when one is final;
// other errors are InvalidRequest: calls and results of tools that do not match, no message that
// says anything.
Result<WrittenRequest> writeGeminiContent(const ChatRequest& request, const GeminiTarget& target,
                                          Losses& losses);

}  // namespace penstock::dialect
