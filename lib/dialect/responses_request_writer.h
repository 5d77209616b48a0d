#pragma once

#include <string>

#include "base/result.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/responses_target.h"

namespace penstock::dialect {

// The typed model as the body of a Responses request. A system prompt that is all text becomes
// "instructions". Requests of other dialects are not to be stored by the provider, and ask for its
// reasoning sealed, for their callers to send back. Errors: what `losses` refuses, and calls and
// results of tools that do not match.
Result<std::string> writeResponses(const ChatRequest& request, const ResponsesTarget& target,
                                   Losses& losses);

}  // namespace penstock::dialect
