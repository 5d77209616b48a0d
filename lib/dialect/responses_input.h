#pragma once

#include <cstdint>

#include "dialect/responses_request.h"

namespace penstock::dialect {

// The rules of openai_input.h for Responses bodies, whichever provider they go to. The bytes of the
// body bound all text, calls, results and sealed reasoning; images cost 50,000 tokens at most, and
// what is not in the body 1,000,000: files, items by reference or of kinds that are not known, an
// earlier response, a conversation, a prompt of OpenAI's. What is known of it (unwritten_tokens) is
// added as it is.
InputBound boundResponsesInput(const ResponsesRequest& request);

// Tokens in all likelihood: estimate.h's rule on the instructions, texts, calls, results and tools,
// 4 an item, and for an attachment 5,000 or a token for 128 bytes, whichever is more.
int64_t estimateResponsesInput(const ResponsesRequest& request);

}  // namespace penstock::dialect
