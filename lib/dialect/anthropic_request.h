#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "json/kind.h"
#include "json/splice.h"

namespace penstock::dialect {

// What policy needs of an Anthropic Messages body; the rest stays in the caller's bytes, unread.
//
//   {"model":"@default","max_tokens":99,"system":"…","messages":[…],"stream":true,
//    "metadata":{"user_id":"u1"},"mlx:tags":{"team":"ml"},"mlx:trace":true}
//
// `user` is metadata.user_id. `content` is the messages; the system prompt and the tools are in
// `body`.
struct AnthropicRequest final : ChatView {
  bool hasImages() const override;
  bool wantsJsonSchema() const override;
  std::string jsonSchema() const override;
  bool wantsJson() const override { return wantsJsonSchema(); }
  // By anthropic_input.h's rules.
  InputBound boundInput() const override;
  int64_t estimateInputTokens() const override;
  bool wantsAudio() const override { return false; }
  bool wantsImages() const override { return false; }
  bool searchesWeb() const override;
};

// Parse a request body. Errors as parseOpenAiChat()'s; max_tokens is required of messages and not
// of count_tokens.
Result<AnthropicRequest> parseAnthropicMessages(std::string_view text,
                                                const json::Limits& limits = {});
Result<AnthropicRequest> parseAnthropicCountTokens(std::string_view text,
                                                   const json::Limits& limits = {});

// API version 2026-10-21 refuses what earlier ones take (spec/dialects.md 0): temperature, top_p
// and top_k even at their defaults, documents directly in an assistant's message, citations in a
// user's text. For callers that sent that version or a later one; others are not held to it, so
// that models of other providers keep their temperature.
Status checkAnthropicVersion(const AnthropicRequest& request, std::string_view version);

// The body for a provider of the same dialect: the caller's bytes with the model replaced, every
// mlx:* member removed and, when told so, another max_tokens. Everything else is views into the
// text that `request` was parsed from.
json::Spliced encodeAnthropicRequest(const AnthropicRequest& request, std::string_view model,
                                     const std::optional<int64_t>& max_tokens = std::nullopt);

}  // namespace penstock::dialect
