// The second half of the pipeline: respond → record.
#include <algorithm>

#include "dialect/token_count.h"
#include "dialect/translate.h"
#include "http/stream_headers.h"
#include "json/splice.h"
#include "proxy/budget_answer.h"
#include "proxy/decision_trace.h"
#include "proxy/pipeline.h"
#include "proxy/surface.h"
#include "trace/stored_decision.h"

namespace penstock::proxy {
namespace {

// A long stream keeps a small request's bytes for its token estimate; a large one's are let go.
constexpr size_t kKeptRequestBytes = 16 << 10;

constexpr size_t kMaxRetainedBytes = 4 << 20;  // of a stream, or of an answer with pictures

// Whether the caller's SDK has reason to try again by itself after an error of ours.
ClientRetry retryAfter(const ApiError& error) {
  const bool tried =
      error.kind == ErrorKind::UpstreamFailed || error.kind == ErrorKind::UpstreamTimeout;
  return tried ? ClientRetry::Spent : ClientRetry::Default;
}

}  // namespace

void Pipeline::answerFailure(const ApiError& error, ClientRetry retry) {
  const auto keep = weak_from_this().lock();
  if (!error.detail.empty()) {
    loop_.shared.log.error("request_failed",
                           {{"request_id", row_.request_id}, {"detail", error.detail}});
  }
  collect();
  http::Response response = errorResponse(dialect_, error, row_.request_id, retry);
  addHeaders(response.headers);
  finish(response.status, error.code);
  exchange_->respond(response);
}

void Pipeline::addHeaders(http::Headers& headers) {
  if (rate_) tightenRate(*rate_, spending(), row_.created_at);
  addAnswerHeaders(headers, row_, rate_ ? &*rate_ : nullptr);
  const UnixMillis now = loop_.shared.clock.now();
  addDialectHeaders(dialect_, headers, row_, rate_ ? &*rate_ : nullptr, now);
  addBudgetHeaders(dialect_, headers, spending(), now);
  // Who has batches made tells by it what has refused a request of them.
  if (known_) headers.add("X-Penstock-Attempts", row_.attempts);
  const Attempt* by = served();
  if (keepsNothingUnasked()) headers.add("X-Penstock-Not-Stored", state_->whyNot());
  if (const std::string dropped = by == nullptr ? std::string() : by->dropped(); !dropped.empty())
    headers.add("X-Penstock-Dropped", dropped);
}

void Pipeline::answerDryRun() {
  if (const routing::Candidate* first = decision().first()) {
    rehearsal_.emplace(*scope_, *first, nullptr);
    if (Status prepared = rehearsal_->rehearse(); !prepared) return answerFailure(prepared.error());
    row_.provider = first->provider->vendor;
    row_.provider_id = first->provider->id;
    row_.model = first->model;
  }
  const std::string trace = traceJson();
  const std::string id = "chatcmpl-" + row_.request_id;
  const dialect::DryRun run{id, row_.created_at / 1000, row_.model, trace};
  http::Response response;
  addHeaders(response.headers);
  response.headers.add("X-Modelux-Cost-Usd", Money{}.usd(6));
  if (wantsStream()) {
    response.content_type = streamContentType(*scope_);
    http::addStreamHeaders(response.headers);
    response.body = renderDryRunStream(*scope_, run);
  } else {
    auto body = renderDryRun(*scope_, run);
    if (!body) return answerFailure(body.error());
    response.body = *std::move(body);
  }
  finish(200, {});
  exchange_->respond(response);
}

// By the counter of the provider that would be asked first, where it has one.
void Pipeline::countTokens() {
  const routing::Candidate* first = decision().first();
  if (first == nullptr) return answerTokenCount(std::nullopt);
  live();
  counting_ = std::make_shared<TokenCounting>(
      *scope_, *first, [this, first](std::optional<TokenCounting::Count> count) {
        const auto keep = weak_from_this().lock();
        if (count) {
          row_.provider = first->provider->vendor;
          row_.provider_id = first->provider->id;
          row_.model = first->model;
          row_.upstream_connect_us = counting_->connected().count();
          row_.upstream_head_us = counting_->head().count();
        }
        answerTokenCount(std::move(count));
      });
  counting_->start();
}

// Else by our own rule (dialect/estimate.h says how far it may be off).
void Pipeline::answerTokenCount(std::optional<TokenCounting::Count> count) {
  http::Response response;
  addHeaders(response.headers);
  response.headers.add("X-Penstock-Token-Count", count ? "provider" : "estimated");
  if (count && !count->body.empty()) {
    response.body = std::move(count->body);
  } else {
    const int64_t tokens = count ? count->tokens : request_->estimateInputTokens();
    response.body = dialect::renderTokenCount(dialect_, tokens);
  }
  if (retainsPayloads()) row_.response_body = response.body;
  finish(200, {});
  exchange_->respond(response);
}

void Pipeline::onChainWhole(Chain& chain) {
  const auto self = weak_from_this().lock();
  Attempt& attempt = *chain.winner();
  if (cache_use_) leaveInCache(attempt, attempt.body());
  deliver(std::move(attempt.body()), attempt.contentType(), Made::ByProvider);
}

void Pipeline::answerWhole(std::string body, const std::string& content_type) {
  row_.ttft_us = microsSinceArrival();
  collect();
  http::Response response;
  response.content_type = content_type.empty() ? "application/json" : content_type;
  addHeaders(response.headers);
  if (row_.basis != model::PriceBasis::Unknown)
    response.headers.add("X-Modelux-Cost-Usd", row_.cost_total.usd(6));
  response.body = std::move(body);
  if (const Attempt* by = served()) keepResponse(response.body, *by);
  json::ObjectIndex index;
  if (request_->trace && json::scanObject(response.body, index)) {
    json::Splicer splicer(index);
    splicer.appendMember("mlx:trace", traceJson());
    response.body = splicer.build().str();
  }
  const bool fits = media() == nullptr || response.body.size() <= kMaxRetainedBytes;
  if (retainsPayloads() && fits && isRetainable(response.content_type))
    row_.response_body = response.body;
  finish(200, {});
  exchange_->respond(response);
}

void Pipeline::onChainFailed(Chain& chain) {
  const auto keep = weak_from_this().lock();
  if (chain.winner() != nullptr) served_ = chain.winner();
  const AttemptFailure& failure = chain.lastFailure();
  if (failure.kind == AttemptFailure::Class::Budget) return answerBudgetRefusal();
  if (failure.refusal) return answerRefusal(failure);
  answerFailure(failure.error, retryAfter(failure.error));
}

// The provider's own refusal of the request, as it is.
void Pipeline::answerRefusal(const AttemptFailure& failure) {
  collect();
  http::Response response;
  response.status = failure.status;
  response.body = renderRefusal(dialect_, failure, row_.request_id);
  addHeaders(response.headers);
  if (failure.retry_after_ms) addRetryAfter(response.headers, *failure.retry_after_ms);
  if (failure.status != 429) response.headers.add("x-should-retry", "false");
  const std::string& code = failure.refusal->code;
  finish(failure.status, code.empty() ? "upstream_error" : code);
  exchange_->respond(response);
}

void Pipeline::answerRuledOut() {
  answerFailure({ErrorKind::Forbidden, "blocked_by_rule", decision().refusal});
}

void Pipeline::answerBudgetRefusal() {
  const auto keep = weak_from_this().lock();
  // What is refused must not eat the allowance of what is not.
  if (rate_) loop_.bucket(caller_.key->id).putBack(rate_->limit);
  collect();
  Refusal refusal = budgetRefusal(dialect_, spending(), row_.request_id, loop_.shared.clock.now());
  addHeaders(refusal.response.headers);
  finish(refusal.response.status, std::move(refusal.code));
  exchange_->respond(refusal.response);
}

void Pipeline::startStream() {
  row_.ttft_us = microsSinceArrival();
  collectServed(*served());
  http::Response head;
  head.content_type = media() == nullptr ? std::string(streamContentType(*scope_))
                                         : chain()->winner()->contentType();
  http::addStreamHeaders(head.headers);
  addHeaders(head.headers);
  exchange_->start(head);
  exchange_->onDrained([this] {
    if (Attempt* attempt = chain()->winner()) attempt->resume();
  });
  if (keepsResponse()) state_->holdInput(responsesRequest());
  if (body().size() > kKeptRequestBytes && !retainsPayloads() && chain()->winner()->sent()) {
    chain()->winner()->forgetRequest();
    request_->body = {};
    request_->content = {};
    exchange_->releaseRequest();
    rewritten_.reset();
  }
}

void Pipeline::onChainStream(Chain& chain, std::string_view bytes) {
  if (!exchange_->started()) startStream();
  if (keepsResponse()) keepResponse(chain.winner()->takeResponse(), *chain.winner());
  exchange_->write(bytes);
  if (retainsPayloads() && isRetainable(chain.winner()->contentType())) retainPayload(bytes);
  if (exchange_->pendingBytes() > loop_.shared.options.stream_buffer_bytes) chain.winner()->pause();
}

// Ends a started stream: cleanly, or with an error event and no [DONE], or by a cut where it is of
// bytes, so that nobody takes what came for a complete answer.
void Pipeline::onChainStreamEnd(Chain& chain, const ApiError* broken, bool told) {
  const auto self = shared_from_this();
  if (broken != nullptr && !exchange_->started()) return answerFailure(*broken);
  if (broken == nullptr && cache_use_) leaveInCache(*chain.winner(), chain.winner()->stitched());
  // In the midst of sound there is no telling it.
  const bool cut = broken != nullptr && chain.winner()->relaysBytes();
  if (broken != nullptr && !told && !cut)
    exchange_->write(dialect::renderErrorEvent(
        dialect_, *broken, row_.request_id,
        {.framing = scope_->framing, .sequence = chain.winner()->nextSequence()}));
  awaiting_end_ = chain.awaitingEnd();
  finish(broken == nullptr ? 200 : httpStatus(broken->kind),
         broken == nullptr ? std::string() : broken->code);
  if (cut) return exchange_->abort();
  exchange_->finish();
}

void Pipeline::onChainIdle(Chain&) {
  const auto keep = shared_from_this();
  if (done_) release();
}

void Pipeline::finish(int status, std::string error_class) {
  if (std::exchange(done_, true)) return;
  if (gathering_ != nullptr) gathering_->stop();
  if (guarding_) guarding_->stop();
  if (counting_) counting_->cancel();
  if (!awaiting_end_) cancelChains();
  collect();
  row_.status = status;
  row_.error_class = std::move(error_class);
  record();
  if (counted_) leave(loop_.shared);
  exchange_->onGone(nullptr);
  exchange_->onDrained(nullptr);
  exchange_->onBody(nullptr);
  if (!awaiting_end_) release();
}

// Lets go of ourselves.
void Pipeline::release() {
  // We may stand inside a callback of the call or of the exchange: both go after the batch.
  if (self_) loop_.loop.destroyLater(std::move(self_));
}

bool Pipeline::retainsPayloads() const {
  return caller_.project != nullptr && caller_.project->settings.retain_payloads &&
         !extensions_.no_store;
}

void Pipeline::retainPayload(std::string_view out) {
  if (!row_.response_body) row_.response_body.emplace();
  row_.response_body->append(
      out.substr(0, kMaxRetainedBytes - std::min(kMaxRetainedBytes, row_.response_body->size())));
}

void Pipeline::record() {
  row_.latency_us = microsSinceArrival();
  loop_.metrics.count(row_);
  if (caller_.key == nullptr) return;  // a stranger's request is counted, not logged
  if (row_.catalogue_version.empty())
    row_.catalogue_version =
        pricing::PriceBook(loop_.shared.prices, caller_.snapshot->prices()).version();
  if (retainsPayloads()) {
    row_.request_body = requestPayload();
  }
  if (guarding_) guarding_->logFindings();
  if (!decisions_.empty())
    row_.decision = trace::renderStored(traceOf(nullptr));
  else if (guarding_ && !guarding_->findings().all().empty())
    row_.decision = trace::renderStored(traceBlocked(row_, guarding_->findings(), row_.latency_us));
  if (loop_.shared.telemetry != nullptr) loop_.shared.telemetry->record(row_);
  loop_.shared.recorder.record(std::move(row_));
}

}  // namespace penstock::proxy
