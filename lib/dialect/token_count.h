#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace penstock::dialect {

// Providers' own counters of tokens: what they are asked, and what they answer.
enum class TokenCounter : uint8_t {
  Messages,       // Anthropic's messages/count_tokens
  Content,        // countTokens of the Gemini API
  VertexContent,  // the same at Vertex, where the request is not wrapped
  InputTokens,    // OpenAI's responses/input_tokens
  Converse,       // Bedrock's CountTokens
};

// The body that asks it, of a chat request in the provider's dialect (of Converse, Responses, …).
// Members that say how to answer, and that the counter would refuse, are left out. `model` is as
// the provider calls it; where the counter names it in the body, `request` has it already, but for
// Content. `request` must be a JSON object.
std::string writeTokenCount(TokenCounter counter, std::string_view request, std::string_view model);

// Its answer: tokens of the input; nothing when it is none.
std::optional<int64_t> readTokenCount(TokenCounter counter, std::string_view body);

// The answer to a caller of Anthropic's dialect, {"input_tokens":31}, of Gemini's or of Responses.
std::string renderTokenCount(Dialect caller, int64_t tokens);

}  // namespace penstock::dialect
