// What the upstream answers, as it comes: head, bytes, end.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialect/openai_media_answer.h"
#include "dialect/openai_media_stream.h"
#include "provider/retry_after.h"
#include "proxy/attempt.h"
#include "proxy/response_state.h"

namespace penstock::proxy {
namespace {

// Where providers put the id by which they find the request again.
std::string requestIdOf(const http::HeaderList& headers) {
  constexpr size_t kMost = 128;
  for (const char* name : {"x-request-id", "request-id", "x-amzn-requestid", "apim-request-id"}) {
    if (const auto id = headers.get(name); !id.empty()) return std::string(id.substr(0, kMost));
  }
  return {};
}

// Server-sent events, or AWS's frames.
bool isEventStream(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  return equalsIgnoreCase(type, "text/event-stream") ||
         equalsIgnoreCase(type, "application/vnd.amazon.eventstream");
}

// The Developer API's word for the tier that it served: documented of the header, while answers say
// it in newer models only. Other words ("paid") are none.
std::string geminiTier(const http::HeaderList& headers) {
  std::string tier = asciiLower(headers.get("x-gemini-service-tier"));
  return tier == "priority" || tier == "flex" || tier == "standard" ? tier : std::string();
}

}  // namespace

void Attempt::onHead(const http::ResponseHead& head) {
  upstream_status_ = head.status;
  record_.http_status = head.status;
  record_.connect_us = call_->timings().connected.count();
  record_.head_us = call_->timings().head.count();
  record_.upstream_request_id = requestIdOf(head.headers);
  billable_ = head.status == 200 && !scope_.arriving();
  response_type_ = head.headers.get("content-type");
  if (wire_->provider() == dialect::Dialect::Gemini) head_tier_ = geminiTier(head.headers);
  const bool events = isEventStream(response_type_);
  if (head.status != 200) {
    receiving_ = Receiving::Error;
    error_type_ = head.headers.get("x-amzn-errortype");
    retry_after_ms_ = provider::readRetryAfter(head.headers, scope_.loop.shared.clock.now());
  } else if (scope_.arriving()) {
    call_.reset();
    fail(invalidAnswer("the provider answered before it had the whole request"));
  } else if (scope_.media != nullptr) {
    receiveMedia(events);
  } else if (streams() && events) {
    receiving_ = Receiving::Stream;
    if (scope_.stitch_bytes > 0) stitch_.emplace(scope_.stitch_bytes);
    relay_ = wire_->stream(stitch_ ? &*stitch_ : nullptr);
    if (scope_.state != nullptr && scope_.state->keeps()) relay_->keepResponse();
    if (scope_.trace) relay_->setTrace([this] { return scope_.trace(*this); });
  } else if (streams() || events) {
    call_.reset();
    fail(invalidAnswer(streams() ? "the provider did not stream its answer"
                                 : "the provider streamed an answer that was not to be streamed"));
  } else {
    receiving_ = Receiving::Whole;
  }
}

// Speech as its bytes, and a stream of events where one was asked for. Who asks for one may get a
// whole answer all the same: models that cannot stream ignore it, and the caller reads what it is.
void Attempt::receiveMedia(bool events) {
  const dialect::MediaRequest& request = *scope_.media;
  const bool speech = request.kind == dialect::MediaKind::Speech;
  const bool stray =
      (events && !request.stream) || (speech && !events && dialect::isJsonType(response_type_));
  if (stray) {
    call_.reset();
    return fail(invalidAnswer("the provider's answer is not of the kind that was asked for"));
  }
  if (!events && !speech) {
    receiving_ = Receiving::Whole;
    return;
  }
  receiving_ = Receiving::Stream;
  if (events) {
    relay_ = std::make_unique<dialect::MediaEvents>(request.kind);
  } else {
    relay_ = std::make_unique<dialect::MediaBytes>();
  }
}

void Attempt::onData(std::string_view bytes) {
  constexpr size_t kMaxErrorBytes = 64 << 10;
  if (ended_) return;
  switch (receiving_) {
    case Receiving::Head: return;
    case Receiving::Whole: response_.append(bytes); return;
    case Receiving::Error:
      response_.append(
          bytes.substr(0, kMaxErrorBytes - std::min(kMaxErrorBytes, response_.size())));
      return;
    case Receiving::Stream: {
      // One buffer a thread: what leaves now is written before the next read.
      static thread_local std::string out;
      out.clear();
      relay_->feed(bytes, out);
      // Of several answers others may still be thought about.
      if (answering_us_ < 0 && relay_->answering() && scope_.request.choices == 1)
        answering_us_ = micros();
      return forward(out);
    }
  }
}

void Attempt::onEnd() {
  const auto keep = shared_from_this();
  if (ended_) return idle();
  switch (receiving_) {
    case Receiving::Head: return;
    case Receiving::Whole: return finishWhole();
    case Receiving::Error: return finishError();
    case Receiving::Stream: {
      call_.reset();  // nothing is awaited of it any more, whatever the relay says
      std::string out;
      relay_->finish(out);
      return forward(out);
    }
  }
}

void Attempt::onFailure(const http::Failure& failure) {
  const auto keep = shared_from_this();
  if (ended_) return idle();
  scope_.loop.shared.log.warn("upstream_failed", {{"request_id", scope_.row.request_id},
                                                  {"provider_id", candidate_.provider->id},
                                                  {"failure", http::failureName(failure.kind)},
                                                  {"detail", failure.detail}});
  AttemptFailure failed = failureOf(failure, providerName());
  const bool timeout = failed.kind == AttemptFailure::Class::Timeout;
  // It had the request, for all we know, unless there was no connection.
  if (timeout && failure.kind != http::FailureKind::ConnectTimeout && sent() &&
      receiving_ != Receiving::Error)
    billable_ = true;
  if (!hasContent()) return fail(std::move(failed));
  call_.reset();
  // The answer may have been complete when the connection broke or fell silent: the relay knows.
  std::string out;
  const bool may_be_whole = relay_->knowsItsEnd();
  if (may_be_whole && relay_->finish(out) == dialect::StreamPhase::Done) return forward(out);
  judge(timeout ? routing::OutcomeKind::Timeout : routing::OutcomeKind::Transport);
  failure_ = failed;
  endStream(&failure_->error, false);
}

void Attempt::finishWhole() {
  whole_ = true;
  const Wire::Whole read = wire_->read(response_);
  auto answer = read.valid ? wire_->translate(response_, read) : std::nullopt;
  const bool understood = read.valid && (!answer || *answer);
  if (!understood) {
    return fail(
        invalidAnswer("provider " + providerName() + " answered 200 without a valid JSON answer"));
  }
  bill_.usage = read.usage;
  bill_.service_tier = read.service_tier;
  if (!read.model.empty()) bill_.model = read.model;
  if (scope_.dimensions) {
    std::string& vectors = answer ? **answer : response_;
    auto fits = fitVectors(scope_, candidate_.model, vectors);
    if (!fits) return fail(misfit(std::move(fits).error()));
  }
  judge(routing::OutcomeKind::Success);
  record_.first_token_us = micros();
  end("ok");
  answer_ = answer ? **std::move(answer) : std::move(response_);
  listener_->onWhole(*this);
}

void Attempt::finishError() {
  dialect::UpstreamError said = wire_->readError(response_, upstream_status_, error_type_);
  // What the config asks for is no fault of the caller's.
  if (refusesDimensions(scope_, said)) {
    return fail(misfit({ErrorKind::UpstreamFailed, "embedding_dimensions_mismatch",
                        "model " + candidate_.model + ": " + said.message}));
  }
  fail(failureOf(upstream_status_, std::move(said), providerName(), retry_after_ms_));
}

// Passes on what the relay let out, and ends when the relay says so.
void Attempt::forward(std::string_view out) {
  using dialect::StreamFailure;
  using dialect::StreamPhase;
  const StreamPhase phase = relay_->phase();
  if (relay_->refusal() != nullptr) return endRefused(out);
  if (phase == StreamPhase::Failed && !relay_->released()) {
    call_.reset();
    if (relay_->failure() != StreamFailure::UpstreamError) {
      return fail(
          invalidAnswer("provider " + providerName() + " broke off its stream before any content"));
    }
    AttemptFailure failure = failureOf(502, relay_->upstreamError(), providerName(), {});
    return fail(std::move(failure));
  }
  passOn(out);
  if (ended_) return;
  if (phase == StreamPhase::Done) {
    judge(routing::OutcomeKind::Success);
    return endStream(nullptr, false);
  }
  if (phase != StreamPhase::Failed) return;
  const bool told = relay_->failure() == StreamFailure::UpstreamError;
  const bool garbage = relay_->failure() == StreamFailure::Garbage;
  judge(told ? routing::OutcomeKind::ServerError
             : (garbage ? routing::OutcomeKind::InvalidAnswer : routing::OutcomeKind::Transport));
  failure_.emplace();
  failure_->kind = told ? AttemptFailure::Class::Fault : AttemptFailure::Class::Garbage;
  failure_->error = {ErrorKind::UpstreamFailed,
                     told ? "upstream_stream_error" : "upstream_stream_broken",
                     garbage ? "the provider sent an event that is no chunk"
                             : "the provider's stream ended before its answer did"};
  endStream(&failure_->error, told);
}

void Attempt::passOn(std::string_view out) {
  if (out.empty()) return;
  if (record_.first_token_us < 0) {
    record_.first_token_us = micros();
    timer_.cancel();
    if (!relay_->model().empty()) bill_.model = relay_->model();
  }
  listener_->onStream(*this, out);
}

// A guardrail of ours lets no more of the answer pass: no other target would be let say it either,
// and this one did what it was asked.
void Attempt::endRefused(std::string_view out) {
  passOn(out);
  if (ended_) return;
  judge(routing::OutcomeKind::Success);
  failure_.emplace();
  failure_->kind = AttemptFailure::Class::Policy;
  failure_->error = *relay_->refusal();
  endStream(&failure_->error, false);
}

void Attempt::endStream(const ApiError* broken, bool told) {
  if (broken != nullptr) call_.reset();
  if (broken != nullptr) record_.error = broken->message;
  end(broken == nullptr ? "ok" : failureName(failure_->kind));
  listener_->onStreamEnd(*this, broken, told);
}

}  // namespace penstock::proxy
