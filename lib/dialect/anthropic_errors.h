#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "dialect/error_class.h"
#include "dialect/openai_errors.h"

namespace penstock::dialect {

// {"type":"error","error":{"type":…,"message":…},"request_id":…}; the last where it is not empty.
// What the caller got wrong is named in the message, for the envelope has no field for it.
std::string renderAnthropicError(const ApiError& error, std::string_view request_id);
// The same as a stream event, "event: error\ndata: {…}\n\n". Nothing follows it.
std::string renderAnthropicErrorEvent(const ApiError& error, std::string_view request_id);

// Reads an Anthropic error body or the data of an error event, and all that parseOpenAiError()
// reads. details.error_code becomes the code.
UpstreamError parseAnthropicError(std::string_view body, int status);

// Passes a provider's refusal on to a caller of Anthropic's dialect, or one of its to a caller of
// OpenAI's: in the words of the caller's dialect for the same class. Provider and caller of the
// same dialect: renderOpenAiError(UpstreamError), renderAnthropicError(UpstreamError) alike.
std::string renderAnthropicError(const UpstreamError& error, int status,
                                 std::string_view request_id);
UpstreamError openAiErrorOf(const UpstreamError& error, int status);

}  // namespace penstock::dialect
