#pragma once

#include <cstdint>

#include "dialect/gemini_embed_request.h"
#include "dialect/gemini_request.h"

namespace penstock::dialect {

// The rules of anthropic_input.h for Gemini's bodies, whichever provider they go to. The bytes of
// the body bound all text; images cost 50,000 tokens at most, everything else that is attached and
// cached contents 1,000,000.
InputBound boundGeminiInput(const GeminiRequest& request);

// Tokens in all likelihood, by the same rules as estimateAnthropicInput(). Also what countTokens
// answers for models whose provider cannot count.
int64_t estimateGeminiInput(const GeminiRequest& request);

// Both of what is to be embedded.
InputBound boundGeminiInput(const GeminiEmbedRequest& request);
int64_t estimateGeminiInput(const GeminiEmbedRequest& request);

}  // namespace penstock::dialect
