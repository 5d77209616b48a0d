#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::dialect {

// Whether the caller asked for the chunk with the usage (stream_options.include_usage).
enum class UsageChunk : uint8_t { Leave, Send };

struct Replay {
  std::string_view body;  // a whole chat.completion
  UsageChunk usage = UsageChunk::Leave;
  std::string_view trace;  // raw JSON of mlx:trace, for the finish chunk; empty leaves it out
};

// A whole answer as the stream that it would have been: one chunk a choice with all that its
// message holds, one that ends it, the usage, [DONE]. Empty when the body is no chat.completion.
std::string renderOpenAiReplay(const Replay& replay);

}  // namespace penstock::dialect
