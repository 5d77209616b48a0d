#pragma once

#include <string>
#include <string_view>

#include "json/scan.h"
#include "model/usage.h"

namespace penstock::dialect {

// The raw JSON of a usage object, OpenAI's or a compatible server's, as disjoint buckets:
//
//   {"prompt_tokens":P,"completion_tokens":C,"total_tokens":T,
//    "prompt_tokens_details":{"cached_tokens":…,"cache_write_tokens":…,"audio_tokens":…},
//    "completion_tokens_details":{"reasoning_tokens":…,"audio_tokens":…}}
//
// P includes the cached, written and audio tokens, C the reasoning and audio ones. Also read:
// DeepSeek's prompt_cache_hit_tokens and Moonshot's cached_tokens. Where T − P exceeds C, the
// server does not count reasoning in C, and the difference is reasoning. Absurd numbers are
// bounded: each count to [0, 10^12], each part to its whole. source is None when no count is in it.
model::Usage readOpenAiUsage(std::string_view raw);

// The usage of a response body or stream chunk: "usage", else Groq's "x_groq".usage, else
// Moonshot's in the first choice that has one.
model::Usage findOpenAiUsage(const json::ObjectIndex& body);

// What accounting needs of a whole response body.
struct OpenAiResponse {
  model::Usage usage;
  std::string model;   // as the provider says
  bool valid = false;  // the body is a JSON object and no error
};
OpenAiResponse readOpenAiResponse(std::string_view body);

}  // namespace penstock::dialect
