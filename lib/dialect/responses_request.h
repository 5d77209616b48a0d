#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "json/kind.h"
#include "json/splice.h"

namespace penstock::dialect {

// What policy needs of a Responses body; the rest stays in the caller's bytes, unread.
//
//   {"model":"@default","input":"…"|[items],"instructions":"…","stream":true,
//    "max_output_tokens":99,"previous_response_id":"resp_…","store":true,
//    "metadata":{"trace_id":"…"},"mlx:tags":{"team":"ml"},"mlx:trace":true}
//
// `content` is the input. What needs state is told here and handled by the caller of the dialect:
// responses_history.h puts stored items before the input.
struct ResponsesRequest final : ChatView {
  std::string previous_response_id;  // empty: there is none
  std::string conversation;          // its id; likewise
  bool store = true;                 // the response may be asked for by its id later
  bool background = false;           // the caller comes back for the answer
  // Tokens that models may see of earlier responses and that nobody has written down: what a
  // provider that holds them keeps of their reasoning. For who puts history into the input to say.
  int64_t unwritten_tokens = 0;

  bool hasImages() const override;
  bool wantsJsonSchema() const override;
  bool wantsJson() const override;
  // By responses_input.h's rules.
  InputBound boundInput() const override;
  int64_t estimateInputTokens() const override;
  bool wantsAudio() const override { return false; }
  // A tool that makes them is offered.
  bool wantsImages() const override;
  bool searchesWeb() const override;
};

// Parses a request body. Errors as parseOpenAiChat()'s; input is required, but where a prompt of
// OpenAI's stands for it.
Result<ResponsesRequest> parseResponses(std::string_view text, const json::Limits& limits = {});

// Whether the provider may store the response.
enum class ResponsesStore : uint8_t { AsAsked, Never };

// The body for a provider of the same dialect: the caller's bytes with the model replaced, every
// mlx:* member removed and, when told so, another max_output_tokens and "store": false. Everything
// else is views into the text that `request` was parsed from.
json::Spliced encodeResponsesRequest(const ResponsesRequest& request, std::string_view model,
                                     const std::optional<int64_t>& max_output_tokens = std::nullopt,
                                     ResponsesStore store = ResponsesStore::AsAsked);

}  // namespace penstock::dialect
