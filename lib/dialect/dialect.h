#pragma once

#include <cstdint>

namespace penstock::dialect {

// The wire formats of chat that the typed model (chat_request.h) has a reader and a writer for.
// Adding one: those two for requests, answers and events, a case in translate.cpp's switches and a
// column in losses.cpp's names.
// Bedrock (Converse) is spoken by providers only: it has no reader of requests and no writer of
// answers.
enum class Dialect : uint8_t { OpenAi, Anthropic, Gemini, Responses, Bedrock };

}  // namespace penstock::dialect
