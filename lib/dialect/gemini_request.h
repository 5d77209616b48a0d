#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "json/kind.h"
#include "json/splice.h"

namespace penstock::dialect {

// What policy needs of a Gemini body; the rest stays in the caller's bytes, unread.
//
//   {"contents":[…],"generationConfig":{"maxOutputTokens":99,"candidateCount":1},"tools":[…],
//    "mlx:tags":{"team":"ml"},"mlx:trace":true}
//
// `content` is the contents; systemInstruction and tools are in `body`. Names may be snake_case.
struct GeminiRequest final : ChatView {
  bool hasImages() const override;
  bool wantsJsonSchema() const override;
  bool wantsJson() const override;
  std::optional<double> temperature() const override;
  // By the rules of anthropic_input.h; cached contents cost 1,000,000 tokens at most.
  InputBound boundInput() const override;
  int64_t estimateInputTokens() const override;
  bool wantsAudio() const override;
  bool wantsImages() const override;
  bool searchesWeb() const override;

  // A member of the body or of its generationConfig, in either spelling; null when absent.
  const json::Member* member(std::string_view camel) const;
  json::ObjectIndex config;  // generationConfig; empty when there is none
};

// What the URL says: ".../models/gemini-2.5-flash:streamGenerateContent".
enum class GeminiVerb : uint8_t { Generate, Stream, CountTokens, EmbedContent, BatchEmbedContents };
inline bool isEmbedding(GeminiVerb verb) {
  return verb == GeminiVerb::EmbedContent || verb == GeminiVerb::BatchEmbedContents;
}
struct GeminiPath {
  std::string_view model;
  GeminiVerb verb = GeminiVerb::Generate;
};
// Of the part after "/models/" ("gemini-2.5-flash:generateContent"); nothing for other verbs.
std::optional<GeminiPath> parseGeminiPath(std::string_view path);

// Parse a request body. Errors as parseOpenAiChat()'s. countTokens may wrap its request in
// "generateContentRequest", which then is the `body`.
Result<GeminiRequest> parseGeminiContent(std::string_view text, const GeminiPath& path,
                                         const json::Limits& limits = {});

// The body for a provider of the same dialect: the caller's bytes with every mlx:* member removed
// and, when told so, another maxOutputTokens. Everything else is views into the text that `request`
// was parsed from. The model is the URL's.
json::Spliced encodeGeminiRequest(const GeminiRequest& request,
                                  const std::optional<int64_t>& max_tokens = std::nullopt);

}  // namespace penstock::dialect
