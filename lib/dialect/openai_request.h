#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "json/scan.h"

namespace penstock::dialect {

// What policy needs of an OpenAI request body; the rest stays in the caller's bytes, unread.
//
//   {"model":"@default","messages":[…],"stream":true,"max_tokens":99,
//    "mlx:tags":{"team":"ml"},"mlx:end_user":"u1","mlx:cache":{"skip":true},"mlx:trace":true,
//    "metadata":{"trace_id":"…","conversation_id":"…"}}
struct OpenAiRequest final : ChatView {
  bool include_usage = false;  // stream_options.include_usage: the caller wants the usage chunk
  std::optional<int64_t> dimensions;

  bool hasImages() const override;
  bool wantsJsonSchema() const override;
  std::string jsonSchema() const override;
  bool wantsJson() const override;
  // By openai_input.h's rules.
  InputBound boundInput() const override;
  int64_t estimateInputTokens() const override;

  // "modalities" names them.
  bool wantsAudio() const override;
  bool wantsImages() const override;
  bool searchesWeb() const override;
};

// Parse a request body. Errors are InvalidRequest, with `param` in OpenAI's spelling
// ("stream_options.include_usage"): invalid_json, missing_field, invalid_type, invalid_value; or
// PayloadTooLarge. null counts as absent. Fields that are not in the struct are the provider's to
// judge, as are the messages themselves.
Result<OpenAiRequest> parseOpenAiChat(std::string_view text, const json::Limits& limits = {});
Result<OpenAiRequest> parseOpenAiEmbeddings(std::string_view text, const json::Limits& limits = {});

}  // namespace penstock::dialect
