// The last part of a relay: respond → record.
#include <utility>

#include "proxy/budget_answer.h"
#include "proxy/relay.h"
#include "proxy/surface.h"

namespace penstock::proxy {
namespace {

using model::ObjectKind;

// Of a file, what the caller is to know of it; other headers are the provider's own affair.
constexpr const char* kContentHeaders[] = {"content-disposition", "etag", "last-modified"};

}  // namespace

// A batch that is being made goes on: the provider would make it all the same, and nobody would
// know whose it is.
void Relay::onGone() {
  const auto keep = shared_from_this();
  const bool makes_batch = operation_.verb == RelayVerb::Create &&
                           operation_.kind == ObjectKind::Batch && record_.underWay() &&
                           call_ != nullptr;
  if (!makes_batch) return finish(499, "client_closed_request");
  loop_.keepLeft(this, [this] { finish(499, "client_closed_request"); });
}

void Relay::startStream(const http::ResponseHead& upstream) {
  row_.ttft_us = microsSinceArrival();
  http::Response head;
  head.status = upstream.status;
  head.content_type = content_type_.empty() ? "application/octet-stream" : content_type_;
  for (const char* name : kContentHeaders) {
    if (const auto value = upstream.headers.get(name); !value.empty())
      head.headers.add(name, value);
  }
  addHeaders(head.headers);
  exchange_->start(head);
  exchange_->onDrained([this] {
    if (call_) call_->resume();
  });
}

void Relay::answerObject() {
  http::Response response;
  response.status = upstream_status_;
  if (!content_type_.empty()) response.content_type = content_type_;
  response.body = operation_.verb == RelayVerb::Delete
                      ? std::move(response_)
                      : objectForCaller(operation_, response_, exchange_->request());
  respond(std::move(response), {});
}

void Relay::answerFailure(AttemptFailure failure) {
  record_.noteError(failure.error.message);
  record_.end(failureName(failure.kind), row_);
  failure.said_by = dialect_;
  if (exchange_->started()) {
    // What the caller has is not the whole: its connection is cut, so that it cannot be taken so.
    finish(502, failure.error.code);
    return exchange_->abort();
  }
  if (!failure.refusal) return answerError(failure.error, ClientRetry::Spent);
  http::Response response;
  response.status = failure.status;
  response.body = renderRefusal(dialect_, failure, row_.request_id);
  if (failure.retry_after_ms) addRetryAfter(response.headers, *failure.retry_after_ms);
  const std::string& code = failure.refusal->code;
  respond(std::move(response), code.empty() ? "upstream_error" : code);
}

void Relay::answerError(const ApiError& error, ClientRetry retry) {
  if (!error.detail.empty()) {
    loop_.shared.log.error("request_failed",
                           {{"request_id", row_.request_id}, {"detail", error.detail}});
  }
  respond(errorResponse(dialect_, error, row_.request_id, retry), error.code);
}

void Relay::answerBudgetRefusal() {
  // What is refused must not eat the allowance of what is not.
  if (rate_) loop_.bucket(caller_.key->id).putBack(rate_->limit);
  Refusal refusal = budgetRefusal(dialect_, spending(), row_.request_id, loop_.shared.clock.now());
  respond(std::move(refusal.response), std::move(refusal.code));
}

void Relay::respond(http::Response response, std::string error_class) {
  const auto keep = weak_from_this().lock();
  addHeaders(response.headers);
  finish(response.status, std::move(error_class));
  exchange_->respond(response);
}

void Relay::addHeaders(http::Headers& headers) {
  const UnixMillis now = loop_.shared.clock.now();
  const budget::RateDecision* rate = rate_ ? &*rate_ : nullptr;
  if (rate_) tightenRate(*rate_, spending(), row_.created_at);
  addAnswerHeaders(headers, row_, rate);
  addDialectHeaders(dialect_, headers, row_, rate, now);
  addBudgetHeaders(dialect_, headers, spending(), now);
}

const Spending& Relay::spending() const {
  static const Spending kNone;
  return spendings_.empty() ? kNone : spendings_.back();
}

// The one way out. It comes before the answer's last byte, so that whoever has the whole answer
// finds the request in the log.
void Relay::finish(int status, std::string error_class) {
  if (std::exchange(done_, true)) return;
  record_.end("cancelled", row_);
  call_.reset();
  row_.status = status;
  row_.error_class = std::move(error_class);
  row_.latency_us = microsSinceArrival();
  loop_.metrics.count(row_);
  if (counted_) leave(loop_.shared);
  loop_.forgetLeft(this);
  exchange_->onGone(nullptr);
  exchange_->onDrained(nullptr);
  if (caller_.key != nullptr) {  // a stranger's request is counted, not logged
    if (loop_.shared.telemetry != nullptr) loop_.shared.telemetry->record(row_);
    loop_.shared.recorder.record(std::move(row_));
  }
  // We may stand inside a callback of the call or of the exchange: both go after the batch.
  if (self_) loop_.loop.destroyLater(std::move(self_));
}

int64_t Relay::microsSinceArrival() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               arrived_)
      .count();
}

}  // namespace penstock::proxy
