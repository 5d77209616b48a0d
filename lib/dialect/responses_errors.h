#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialect/openai_errors.h"

namespace penstock::dialect {

// Errors of the Responses API. As a body they are renderOpenAiError()'s.

// The stream event "error": {"type":"error","code":…,"message":…,"param":…,"sequence_number":…}.
// `sequence` is ChatStream::nextSequence(). Nothing of the answer follows it.
std::string renderResponsesErrorEvent(const ApiError& error, int64_t sequence);
std::string renderResponsesErrorEvent(const UpstreamError& error, int64_t sequence);

// Reads the data of an "error" or "response.failed" event, a response that has failed, and all that
// parseOpenAiError() reads.
UpstreamError parseResponsesError(std::string_view body, int status);

// The code of a failed response, which has a closed set of them.
std::string_view responsesErrorCode(const UpstreamError& error, int status);

}  // namespace penstock::dialect
