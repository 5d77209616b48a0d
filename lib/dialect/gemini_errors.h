#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialect/openai_errors.h"

namespace penstock::dialect {

// How a caller of Gemini's reads a stream: server-sent events (alt=sse) or one JSON array.
enum class GeminiFraming : uint8_t { Sse, Array };

// {"error":{"code":400,"message":…,"status":"INVALID_ARGUMENT","details":[…]}}. Our own code is the
// reason of an ErrorInfo, the time to wait a RetryInfo.
std::string renderGeminiError(const ApiError& error);
// The same as the last event of a stream that has begun.
std::string renderGeminiErrorEvent(const ApiError& error, GeminiFraming framing);

// Reads an error body of Google's, also within an array, and all that parseOpenAiError() reads. Its
// status ("RESOURCE_EXHAUSTED") becomes the type, the reason of its ErrorInfo the code.
UpstreamError parseGeminiError(std::string_view body, int status);
// What Google asks to wait: the RetryInfo of an error body.
std::optional<int64_t> geminiRetryDelayMs(std::string_view body);

// Passes a provider's refusal on to a caller of Gemini's dialect, in the words for its class.
std::string renderGeminiError(const UpstreamError& error, int status);

}  // namespace penstock::dialect
