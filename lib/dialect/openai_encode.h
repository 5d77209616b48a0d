#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialect/openai_request.h"
#include "json/splice.h"

namespace penstock::dialect {

// Whether a streamed request asks the provider for usage when the caller did not. Leave is for
// servers that refuse stream_options; NoStream asks for a whole answer whatever the caller wants.
enum class StreamUsage : uint8_t { Request, Leave, NoStream };

// How much a choice may hold at most, where the caller's own limit is not to stand.
struct OutputLimit {
  int64_t tokens = 0;
  // Where the caller named no limit: OpenAI's models want "max_completion_tokens", everybody else
  // knows "max_tokens".
  std::string_view field = "max_tokens";
};

// The body for an OpenAI-compatible provider: the caller's bytes with the model replaced, every
// mlx:* member removed, for a stream stream_options.include_usage set and, when told so, another
// limit of the output. Everything else is views into the text that `request` was parsed from.
json::Spliced encodeOpenAiRequest(const OpenAiRequest& request, std::string_view model,
                                  StreamUsage usage = StreamUsage::Request,
                                  const std::optional<OutputLimit>& limit = std::nullopt);

}  // namespace penstock::dialect
