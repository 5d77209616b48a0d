#pragma once

#include <string>
#include <string_view>

#include "json/scan.h"
#include "model/usage.h"

namespace penstock::dialect {

// The raw JSON of a usage object, OpenAI's or a compatible server's, as disjoint buckets:
//
//   {"prompt_tokens":P,"completion_tokens":C,"total_tokens":T,
//    "prompt_tokens_details":{"cached_tokens":…,"cache_write_tokens":…,"audio_tokens":…,
//      "image_tokens":…,"cached_tokens_details":{"audio_tokens":…,"image_tokens":…},
//      "cache_write_tokens_details":{"ttl_30m_tokens":…,"ttl_12h_tokens":…}},
//    "completion_tokens_details":{"reasoning_tokens":…,"audio_tokens":…,"image_tokens":…},
//    "server_tool_use":{"web_search_requests":…}}
//
// P includes the cached, written, audio and image tokens, C the reasoning, audio and image ones;
// audio_tokens and image_tokens include those of them that were cached. The names of newer
// endpoints, input_tokens and output_tokens, count too, with input_token_details beside
// input_tokens_details (transcriptions), as does {"type":"duration","seconds":…} of
// transcriptions. Also read: DeepSeek's prompt_cache_hit_tokens, Moonshot's cached_tokens,
// Perplexity's num_search_queries. Where T − P exceeds C, the server does not count reasoning in C,
// and the difference is reasoning. Absurd numbers are bounded: each count to [0, 10^9], each part
// to its whole. source is None when no count is in it.
model::Usage readOpenAiUsage(std::string_view raw);

// The usage of a response body or stream chunk: "usage", else Groq's "x_groq".usage, else
// Moonshot's in the first choice that has one.
model::Usage findOpenAiUsage(const json::ObjectIndex& body);

// What accounting needs of a whole response body.
struct OpenAiResponse {
  model::Usage usage;
  std::string model;         // as the provider says
  std::string service_tier;  // likewise, at most 64 bytes; empty when it says nothing
  bool valid = false;        // the body is a JSON object and no error
};
OpenAiResponse readOpenAiResponse(std::string_view body);

// The "service_tier" of a response body or stream chunk.
std::string findServiceTier(const json::ObjectIndex& body);

// Output tokens of a whole chat answer by estimate.h's rule, for when it has no usage: everything
// that the choices' messages hold. 0 for an answer without choices, such as embeddings.
int64_t estimateOpenAiOutput(std::string_view body);

}  // namespace penstock::dialect
