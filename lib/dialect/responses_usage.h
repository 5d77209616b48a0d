#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialect/openai_usage.h"
#include "json/writer.h"
#include "model/usage.h"

namespace penstock::dialect {

// {"input_tokens":…,"input_tokens_details":{"cached_tokens":…,"cache_write_tokens":…},
// "output_tokens":…,"output_tokens_details":{"reasoning_tokens":…},"total_tokens":…} of the
// buckets, for callers. readOpenAiUsage() reads it.
void writeResponsesUsage(json::Writer& out, const model::Usage& usage);

// What accounting needs of a whole response: readOpenAiResponse() with the web searches, each an
// item of the output. One that has failed is not valid.
OpenAiResponse readResponsesResponse(std::string_view body);

// The usage of a response object, its searches included.
model::Usage responsesUsage(const json::ObjectIndex& response);

// {"object":"response.input_tokens","input_tokens":…}
std::string renderResponsesTokenCount(int64_t tokens);

// Output tokens of a whole response by estimate.h's rule, for when it has no usage.
int64_t estimateResponsesOutput(std::string_view body);

}  // namespace penstock::dialect
