#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "dialect/chat_view.h"
#include "dialect/dialect.h"
#include "dialect/event_filter.h"
#include "dialect/gemini_errors.h"
#include "dialect/losses.h"
#include "dialect/openai_media.h"
#include "model/request_log.h"
#include "proxy/admission.h"
#include "proxy/endpoint.h"
#include "proxy/extensions.h"
#include "proxy/loop_context.h"
#include "proxy/typed_request.h"

namespace penstock::proxy {

// Whether the answer is relayed as it comes, or taken whole.
enum class Reply : uint8_t { Stream, Whole };

class Attempt;
class Spending;
class ResponseState;

// What attempts need of the request that they serve. Outlives them.
struct RequestScope {
  LoopContext& loop;
  const Caller& caller;
  const Extensions& extensions;
  const dialect::ChatView& request;
  TypedRequest& typed;                                  // the same for providers of another dialect
  dialect::Dialect dialect = dialect::Dialect::OpenAi;  // of the request
  dialect::Dialect answer_dialect = dialect::Dialect::OpenAi;    // that answers are to be in
  std::string_view anthropic_version = {}, anthropic_beta = {};  // headers of Anthropic's callers
  // How Gemini's callers read a stream, and what Responses' are told of their request again.
  dialect::GeminiFraming framing = dialect::GeminiFraming::Sse;
  std::string_view responses_echo = {};
  // Who asks, through which config, when: what budgets and the log tell requests apart by.
  const model::RequestLog& row;
  Endpoint endpoint = Endpoint::Chat;
  // The same as `request` where the endpoint is one of media; else null.
  const dialect::MediaRequest* media = nullptr;
  Reply reply = Reply::Whole;
  SteadyTime arrived = {};
  // How many providers were asked so far: one number for all scopes of a request.
  size_t& calls;
  // What they spend, likewise: a request counts once.
  std::vector<Spending*>& spendings;
  // What is to become of what a target cannot express.
  dialect::OnLoss on_loss = dialect::OnLoss::Drop;
  // Of callers of Responses: what the request goes on from, and whether its answer is kept.
  ResponseState* state = nullptr;
  // The decision as raw JSON, as it is when a stream by `serving` comes to its last chunk, which it
  // is put into; empty: it is not wanted.
  std::function<std::string(const Attempt& serving)> trace = {};
  // Makes what each attempt's stream has to pass; empty: they pass as they are.
  std::function<std::unique_ptr<dialect::EventFilter>()> filter = {};
  // The length of the vectors that the caller is to have; absent: any.
  std::optional<int64_t> dimensions = {};
  // How large a whole answer to put together of a stream, to be kept; 0: none.
  size_t stitch_bytes = 0;

  // Whether the request's last bytes are still to come.
  bool arriving() const { return media != nullptr && media->coming > 0; }
};

}  // namespace penstock::proxy
