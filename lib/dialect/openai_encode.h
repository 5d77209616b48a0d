#pragma once

#include <string_view>

#include "dialect/openai_request.h"
#include "json/splice.h"

namespace penstock::dialect {

// Whether a streamed request asks the provider for usage when the caller did not. Leave is for
// servers that refuse stream_options.
enum class StreamUsage : uint8_t { Request, Leave };

// The body for an OpenAI-compatible provider: the caller's bytes with the model replaced, every
// mlx:* member removed and, for a stream, stream_options.include_usage set. Everything else is
// views into the text that `request` was parsed from.
json::Spliced encodeOpenAiRequest(const OpenAiRequest& request, std::string_view model,
                                  StreamUsage usage = StreamUsage::Request);

}  // namespace penstock::dialect
