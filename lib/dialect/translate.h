#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "dialect/anthropic_target.h"
#include "dialect/bedrock_target.h"
#include "dialect/chat_request.h"
#include "dialect/chat_stream.h"
#include "dialect/event_filter.h"
#include "dialect/gemini_errors.h"
#include "dialect/gemini_target.h"
#include "dialect/losses.h"
#include "dialect/openai_replay.h"
#include "dialect/openai_target.h"
#include "dialect/responses_object.h"
#include "dialect/responses_target.h"
#include "json/kind.h"

namespace penstock::dialect {

// Translation between the dialects, for the pipeline: the one place that knows all readers and
// writers. README.md tells the order of calls. Traffic within one dialect does not come here.

using ChatTarget =
    std::variant<OpenAiTarget, AnthropicTarget, GeminiTarget, BedrockTarget, ResponsesTarget>;
Dialect dialectOf(const ChatTarget& target);

// A caller's body as the typed model. Once a request: every attempt writes from the same. Of
// Gemini's callers the URL says whether to stream: `stream` is for the caller of this to set.
// Nobody calls in Bedrock's dialect: InvalidRequest/"unsupported_dialect".
Result<ChatRequest> readChat(Dialect caller, std::string_view body,
                             const json::Limits& limits = {});

// The model for a provider. The caller's model name is not in it: the target names its own. The
// context goes into AnswerOptions.
Result<WrittenRequest> writeChat(const ChatRequest& request, const ChatTarget& target,
                                 Losses& losses);

// What an answer in the caller's dialect needs beside the provider's.
struct AnswerOptions {
  std::string id = {};                   // for when the provider gives none
  std::string model = {};                // likewise
  int64_t created = 0;                   // seconds since the epoch
  UsageChunk usage = UsageChunk::Leave;  // whether a caller of OpenAI's asked for it
  int64_t input_estimate = 0;            // tokens, for when the provider does not count
  AnswerContext context = {};
  GeminiFraming framing = GeminiFraming::Sse;  // of a stream for a caller of Gemini's
  std::string responses_echo = {};             // responsesEcho() of a caller of Responses
  // Whether that caller is to see the provider's id, where it gives one, or `id`.
  ResponsesHead::Ids responses_ids = ResponsesHead::Ids::Providers;
};

// A provider's whole answer for the caller. What was left out is in `losses`. Error:
// UpstreamFailed/"invalid_response".
Result<std::string> translateAnswer(Dialect provider, Dialect caller, std::string_view body,
                                    const AnswerOptions& options, Losses& losses);

// Output tokens of a provider's whole answer by estimate.h's rule, for when it has no usage.
int64_t estimateAnswer(Dialect provider, std::string_view body);

// The stream of a provider, to be fed with its bytes. `filter` sees its events; null: none does,
// and Gemini's for a caller of Gemini's is relayed. With one, the two dialects may be the same.
std::unique_ptr<ChatStream> translateStream(Dialect provider, Dialect caller, AnswerOptions options,
                                            std::unique_ptr<EventFilter> filter = nullptr);

// What the last event of a stream must fit to.
struct StreamEnd {
  GeminiFraming framing = GeminiFraming::Sse;  // for callers of Gemini's
  int64_t sequence = 0;                        // the stream's nextSequence(), for Responses'
};

// A provider's error answer for the caller, who gets it under the same class of status.
std::string translateError(Dialect provider, Dialect caller, std::string_view body, int status,
                           std::string_view request_id);

// An error of our own in the caller's dialect, as a body and as a stream's last event.
std::string renderError(Dialect caller, const ApiError& error, std::string_view request_id);
std::string renderErrorEvent(Dialect caller, const ApiError& error, std::string_view request_id,
                             const StreamEnd& ended = {});

}  // namespace penstock::dialect
