#pragma once

#include <string>

#include "dialect/chat_answer.h"
#include "dialect/losses.h"
#include "dialect/responses_object.h"

namespace penstock::dialect {

// The typed model as a response. Parts of the provider's own are left out, and named in `losses`.
// Thinking is the summary of a reasoning item; what its provider signed or redacted is the item's
// encrypted_content (responses_reasoning.h), for the caller to send back.
std::string writeResponsesAnswer(const ChatAnswer& answer, const ResponsesHead& head,
                                 Losses& losses);

}  // namespace penstock::dialect
