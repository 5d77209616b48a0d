// What requests of the Responses API go on from, and what is kept of them: after admission, and
// before the end of an answer leaves.
#include <exception>
#include <utility>

#include "dialect/responses_echo.h"
#include "dialect/responses_history.h"
#include "proxy/pipeline.h"

namespace penstock::proxy {

Status Pipeline::parseState() {
  if (state_) {
    state_->complete(responsesRequest());
  } else {
    state_.emplace(loop_, caller_, extensions_);
    if (Status open = state_->open(responsesRequest()); !open) return open;
  }
  responses_echo_ = dialect::responsesEcho(
      body(), {.store = keepsResponse(), .previous_response_id = state_->previousId()});
  return Unit{};
}

// May wait for the store: the request goes on from there.
void Pipeline::recall() {
  if (!state_ || !state_->needsRecall()) return guard();
  live();
  const bool taken = loop_.shared.responses->submit([self = shared_from_this()]() mutable {
    Status recalled = Unit{};
    try {
      recalled = self->state_->recall(self->responsesRequest());
    } catch (const std::exception& failure) {
      recalled = internalError(failure.what());
    }
    // Moved there: the last reference is to be dropped on the loop.
    http::Loop& loop = self->loop_.loop;
    loop.post([self = std::move(self), recalled = std::move(recalled)] {
      if (!self->done_) self->onRecalled(recalled);
    });
  });
  if (taken) return;
  ApiError error{ErrorKind::Overloaded, "overloaded", "too many responses are being looked up"};
  error.retry_after_ms = 1000;
  answerFailure(error);
}

// The request goes on as one that needs nothing of before.
void Pipeline::onRecalled(const Status& recalled) {
  const auto keep = shared_from_this();
  if (!recalled) return answerFailure(recalled.error());
  rewritten_ = state_->take(std::move(request_));
  if (Status parsed = parseBody(); !parsed) return answerFailure(parsed.error());
  guard();
}

bool Pipeline::keepsResponse() const {
  const bool dry = extensions_.dry_run || endpoint_ != Endpoint::Chat;
  return state_ && state_->keeps() && !dry;
}

bool Pipeline::keepsNothingUnasked() const {
  return state_ && endpoint_ == Endpoint::Chat && !state_->whyNot().empty();
}

// Before the caller has the end of it, and so may name it.
void Pipeline::keepResponse(std::string_view object, const Attempt& by) {
  if (!keepsResponse() || object.empty()) return;
  state_->holdInput(responsesRequest());
  state_->keep(object, {row_, *by.candidate().provider, by.bill().model, by.bill().byok_fingerprint,
                        by.passesThrough() && !guardsAnswers()});
}

// A stream that was made of a whole answer.
void Pipeline::keepReplayed(std::string_view events) {
  const Attempt* by = served();
  if (!keepsResponse() || by == nullptr) return;
  dialect::ResponsesCollector collector;
  collector.feed(events);
  keepResponse(collector.response(), *by);
}

}  // namespace penstock::proxy
