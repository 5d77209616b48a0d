#pragma once

#include <cstdint>

#include "dialect/anthropic_request.h"

namespace penstock::dialect {

// The rules of openai_input.h for Anthropic's bodies, whichever provider they go to. The bytes of
// the body bound all text, that of plain documents and results of tools included; images cost
// 50,000 tokens at most, PDFs, files by name or URL and kinds that are not known 1,000,000.
InputBound boundAnthropicInput(const AnthropicRequest& request);

// Tokens in all likelihood: estimate.h's rule on the system prompt, texts and tools, 4 a message,
// and for an attachment 5,000 or a token for 128 bytes, whichever is more. Also what count_tokens
// answers for models whose provider cannot count.
int64_t estimateAnthropicInput(const AnthropicRequest& request);

}  // namespace penstock::dialect
