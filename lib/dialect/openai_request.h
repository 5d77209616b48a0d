#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/scan.h"

namespace penstock::dialect {

// What policy needs of an OpenAI request body; the rest stays in the caller's bytes, unread.
//
//   {"model":"@default","messages":[…],"stream":true,"max_tokens":99,
//    "mlx:tags":{"team":"ml"},"mlx:end_user":"u1","mlx:cache":{"skip":true},"mlx:trace":true,
//    "metadata":{"trace_id":"…","conversation_id":"…"}}
//
// `body` and the views point into the text that was parsed, which must outlive this.
struct OpenAiRequest {
  json::ObjectIndex body;  // members with offsets, for openai_encode.h
  std::string model;       // as the caller wrote it, e.g. "@default"
  bool stream = false;
  bool include_usage = false;  // stream_options.include_usage: the caller wants the usage chunk
  // The larger of max_completion_tokens and max_tokens: the worst case.
  std::optional<int64_t> max_output_tokens;
  int64_t choices = 1;  // n
  std::optional<int64_t> dimensions;
  bool has_tools = false;
  std::string_view content;  // raw JSON of messages or input

  std::string user;                       // OpenAI's own end-user field
  std::string end_user;                   // mlx:end_user
  std::string trace_id, conversation_id;  // of metadata
  std::vector<std::pair<std::string, std::string>> tags;
  std::string service_tier;  // that was asked for
  bool cache_skip = false;
  bool trace = false;  // mlx:trace: answer with the decision trace

  // Whether a message holds an image. Searches the whole text: ask only when a policy needs it.
  bool hasImages() const;
  // Whether response_format asks for a JSON schema.
  bool wantsJsonSchema() const;
  // Whether it asks for any JSON.
  bool wantsJson() const;
  std::optional<double> temperature() const;
  // The most input tokens that any model can make of the request: openai_input.h says how.
  int64_t maxInputTokens() const;
  // Input tokens in all likelihood, by openai_input.h's rule. Walks the messages: ask only when the
  // provider sent no usage.
  int64_t estimateInputTokens() const;

  // Whether the answer may hold audio or images ("modalities"), or the model may search the web.
  bool wantsAudio() const;
  bool wantsImages() const;
  bool searchesWeb() const;
};

inline constexpr size_t kMaxTags = 50;
inline constexpr size_t kMaxTagKeyBytes = 64;
inline constexpr size_t kMaxTagValueBytes = 256;

// Parse a request body. Errors are InvalidRequest, with `param` in OpenAI's spelling
// ("stream_options.include_usage"): invalid_json, missing_field, invalid_type, invalid_value; or
// PayloadTooLarge. null counts as absent. Fields that are not in the struct are the provider's to
// judge, as are the messages themselves.
Result<OpenAiRequest> parseOpenAiChat(std::string_view text, const json::Limits& limits = {});
Result<OpenAiRequest> parseOpenAiEmbeddings(std::string_view text, const json::Limits& limits = {});

}  // namespace penstock::dialect
