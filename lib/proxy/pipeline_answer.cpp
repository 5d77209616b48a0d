// The second half of the pipeline: respond → settle → record.
#include <algorithm>

#include <fmt/format.h>

#include "dialect/openai_errors.h"
#include "dialect/openai_synthetic.h"
#include "dialect/openai_usage.h"
#include "json/splice.h"
#include "json/writer.h"
#include "pricing/charge.h"
#include "proxy/answer.h"
#include "proxy/budget_answer.h"
#include "proxy/decision_trace.h"
#include "proxy/pipeline.h"

namespace penstock::proxy {
namespace {

// A long stream keeps a small request's bytes for its token estimate; a large one's are let go.
constexpr size_t kKeptRequestBytes = 16 << 10;

constexpr size_t kMaxRetainedBytes = 4 << 20;  // of a stream

const http::Headers kStreamHeaders = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};

bool isRetryableByCaller(int status) { return status == 429; }

// A provider's refusal as the caller sees it: its own 4xx as they are, except those that speak of
// our credential; everything else is a failed attempt (spec/modelux.md 13.15).
ApiError upstreamError(int status, const std::string& provider,
                       const dialect::UpstreamError& said) {
  if (status == 401 || status == 403) {
    return {ErrorKind::UpstreamFailed, "provider_auth_failed",
            "provider " + provider + " refused the gateway's credential"};
  }
  const std::string what =
      fmt::format("provider {} answered {}: {}", provider, status, said.message);
  if (status == 408 || status == 504) return {ErrorKind::UpstreamTimeout, "upstream_timeout", what};
  return {ErrorKind::UpstreamFailed, "all_attempts_failed", what};
}

// What a refusal says about the provider. The caller's own mistakes, a key of theirs included, say
// that it works.
routing::OutcomeKind outcomeOf(int status, bool callers_key) {
  using Kind = routing::OutcomeKind;
  if (status == 429) return Kind::RateLimited;
  if (status == 408 || status == 504) return Kind::Timeout;
  if (status >= 500) return Kind::ServerError;
  if (status == 401 || status == 403) return callers_key ? Kind::Success : Kind::Credential;
  return status >= 400 ? Kind::Success : Kind::InvalidAnswer;
}

// The same of a stream that ended.
routing::OutcomeKind outcomeOf(const dialect::StreamRelay& relay) {
  using Kind = routing::OutcomeKind;
  switch (relay.failure()) {
    case dialect::StreamFailure::None: return Kind::Success;
    case dialect::StreamFailure::UpstreamError: return Kind::ServerError;
    case dialect::StreamFailure::Garbage: return Kind::InvalidAnswer;
    case dialect::StreamFailure::Truncated: return Kind::Transport;
  }
  return Kind::Success;
}

}  // namespace

void Pipeline::answerFailure(const ApiError& error, ClientRetry retry) {
  const auto keep = weak_from_this().lock();
  if (!error.detail.empty()) {
    loop_.shared.log.error("request_failed",
                           {{"request_id", row_.request_id}, {"detail", error.detail}});
  }
  http::Response response = errorResponse(error, retry);
  addHeaders(response.headers);
  finish(response.status, error.code);
  exchange_->respond(response);
}

void Pipeline::addHeaders(http::Headers& headers) {
  if (rate_) tightenRate(*rate_, spending_, row_.created_at);
  addAnswerHeaders(headers, row_, rate_ ? &*rate_ : nullptr);
  addBudgetHeaders(headers, spending_, loop_.shared.clock.now());
}

void Pipeline::answerDryRun() {
  if (Status prepared = prepare(); !prepared) return answerFailure(prepared.error());
  spending_.rehearse(loop_.shared.ledger, ask());
  const std::string trace = traceJson();
  const std::string id = "chatcmpl-" + row_.request_id;
  const dialect::DryRun run{id, row_.created_at / 1000, row_.model, trace};
  http::Response response;
  addHeaders(response.headers);
  response.headers.emplace_back("X-Modelux-Cost-Usd", Money{}.usd(6));
  if (wantsStream()) {
    response.content_type = "text/event-stream";
    response.headers.insert(response.headers.end(), kStreamHeaders.begin(), kStreamHeaders.end());
    response.body = dialect::renderDryRunStream(run);
  } else {
    response.body = dialect::renderDryRun(run);
  }
  finish(200, {});
  exchange_->respond(response);
}

void Pipeline::answerWhole() {
  const dialect::OpenAiResponse read = dialect::readOpenAiResponse(response_);
  judge(read.valid ? routing::OutcomeKind::Success : routing::OutcomeKind::InvalidAnswer);
  if (!read.valid) {
    return answerFailure(
        {ErrorKind::UpstreamFailed, "invalid_upstream_response",
         "provider " + row_.provider + " answered 200 without a valid JSON answer"},
        ClientRetry::Spent);
  }
  row_.usage = read.usage;
  row_.service_tier = read.service_tier;
  if (!read.model.empty()) row_.model = read.model;
  row_.ttft_us = microsSinceArrival();
  settle();
  http::Response response;
  response.content_type = response_type_.empty() ? "application/json" : response_type_;
  addHeaders(response.headers);
  if (row_.basis != model::PriceBasis::Unknown)
    response.headers.emplace_back("X-Modelux-Cost-Usd", row_.cost_total.usd(6));
  response.body = std::move(response_);
  json::ObjectIndex index;
  if (request_->trace && json::scanObject(response.body, index)) {
    json::Splicer splicer(index);
    splicer.appendMember("mlx:trace", traceJson());
    response.body = splicer.build().str();
  }
  if (retainsPayloads()) row_.response_body = response.body;
  finish(200, {});
  exchange_->respond(response);
}

void Pipeline::answerUpstreamError() {
  const dialect::UpstreamError said = dialect::parseOpenAiError(response_, upstream_status_);
  const int status = upstream_status_;
  judge(outcomeOf(status, !extensions_.provider_key.empty()));
  const bool callers_own =
      status >= 400 && status < 500 && status != 401 && status != 403 && status != 408;
  if (!callers_own) {
    return answerFailure(upstreamError(status, row_.provider, said), ClientRetry::Spent);
  }
  http::Response response;
  response.status = status;
  response.body = dialect::renderOpenAiError(said);
  addHeaders(response.headers);
  if (upstream_retry_after_ms_) {
    response.headers.emplace_back("Retry-After", std::to_string(*upstream_retry_after_ms_ / 1000));
  }
  if (!isRetryableByCaller(status)) response.headers.emplace_back("x-should-retry", "false");
  finish(status, said.code.empty() ? "upstream_error" : said.code);
  exchange_->respond(response);
}

void Pipeline::startStream() {
  row_.ttft_us = microsSinceArrival();
  if (!relay_->model().empty()) row_.model = relay_->model();
  http::Response head;
  head.content_type = "text/event-stream";
  head.headers = kStreamHeaders;
  addHeaders(head.headers);
  exchange_->start(head);
  exchange_->onDrained([this] {
    if (call_) call_->resume();
  });
  if (exchange_->request().body.size() > kKeptRequestBytes && !retainsPayloads()) {
    input_estimate_ = request_->estimateInputTokens();
    body_ = {};
    request_->body = {};
    request_->content = {};
    exchange_->releaseRequest();
  }
}

// Sends what the relay let out, and ends the answer when the relay says so.
void Pipeline::forwardStream(std::string_view out) {
  const bool over = relay_->phase() == dialect::StreamPhase::Done ||
                    relay_->phase() == dialect::StreamPhase::Failed;
  if (over) judge(outcomeOf(*relay_));
  if (!relay_->released() && relay_->phase() == dialect::StreamPhase::Failed) {
    call_.reset();
    if (relay_->failure() == dialect::StreamFailure::UpstreamError) {
      return answerFailure(upstreamError(502, row_.provider, relay_->upstreamError()),
                           ClientRetry::Spent);
    }
    return answerFailure({ErrorKind::UpstreamFailed, "invalid_upstream_response",
                          "provider " + row_.provider + " broke off its stream before any content"},
                         ClientRetry::Spent);
  }
  if (!out.empty()) {
    if (!exchange_->started()) startStream();
    exchange_->write(out);
    if (retainsPayloads()) retainPayload(out);
    if (call_ && exchange_->pendingBytes() > loop_.shared.options.stream_buffer_bytes)
      call_->pause();
  }
  if (!over) return;
  if (relay_->phase() == dialect::StreamPhase::Done) return endStream(nullptr);
  const bool own_event_sent = relay_->failure() == dialect::StreamFailure::UpstreamError;
  const ApiError broken{ErrorKind::UpstreamFailed,
                        own_event_sent ? "upstream_stream_error" : "upstream_stream_broken",
                        relay_->failure() == dialect::StreamFailure::Garbage
                            ? "the provider sent an event that is no chunk"
                            : "the provider's stream ended before its answer did"};
  endStream(&broken);
}

// Ends a started stream: cleanly, or with an error event and no [DONE], so that nobody takes a cut
// for a complete answer.
void Pipeline::endStream(const ApiError* broken) {
  const auto keep = shared_from_this();
  const bool told = relay_ && relay_->failure() == dialect::StreamFailure::UpstreamError;
  if (broken != nullptr && !told) exchange_->write(dialect::renderOpenAiErrorEvent(*broken));
  awaiting_end_ = broken == nullptr && call_ != nullptr;
  if (!awaiting_end_) call_.reset();
  finish(broken == nullptr ? 200 : httpStatus(broken->kind),
         broken == nullptr ? std::string() : broken->code);
  exchange_->finish();
}

void Pipeline::finish(int status, std::string error_class) {
  if (std::exchange(done_, true)) return;
  row_.status = status;
  row_.error_class = std::move(error_class);
  if (billable_ && row_.usage.source == model::Usage::Source::None) settle();
  if (spending_.open()) {  // nothing was used
    spending_.release();
    row_.settlement = model::Settlement::Released;
    row_.settlement_reason = row_.error_class;
  }
  record();
  if (counted_) loop_.shared.in_flight.fetch_sub(1, std::memory_order_relaxed);
  exchange_->onGone(nullptr);
  exchange_->onDrained(nullptr);
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

// Brings usage into its final form and prices it.
void Pipeline::settle() {
  model::Usage& usage = row_.usage;
  if (relay_) {
    usage = relay_->usage();
    row_.service_tier = relay_->serviceTier();
    if (!relay_->model().empty()) row_.model = relay_->model();
  }
  if (usage.source == model::Usage::Source::None || isCutShort()) estimateUsage();
  row_.catalogue_version = prices().version();
  const pricing::Quote quote = prices().quoteAnswered(quote_, seller_, row_.model, row_.created_at);
  row_.basis = quote.basis;
  if (quote.price == nullptr) return charge();
  const pricing::Charge by = pricing::chargeOf(
      *quote.price, usage, prices().multiplier(seller_, row_.model, row_.service_tier));
  const pricing::Cost cost = by.cost(usage);
  row_.charge = pricing::formatCharge(by);
  row_.cost_input = cost.input;
  row_.cost_output = cost.output;
  row_.cost_total = cost.total;
  charge();
}

// The provider did not say, or not all: counts what went in and what came out, so that what is
// recorded is not less than what is owed (dialect/estimate.h). It cannot have been more than the
// request's limit.
void Pipeline::estimateUsage() {
  const model::Usage said = row_.usage;
  model::Usage usage;
  usage.source = model::Usage::Source::Estimated;
  usage.input_uncached = input_estimate_ >= 0 ? input_estimate_ : request_->estimateInputTokens();
  usage.output_audio = relay_ ? relay_->estimatedAudioTokens() : 0;
  usage.output_text =
      relay_ ? relay_->estimatedOutputTokens() : dialect::estimateOpenAiOutput(response_);
  if (const auto limit = request_->max_output_tokens)
    usage.output_text = std::min(usage.output_text, *limit * request_->choices);
  if (spending_.open()) {
    const pricing::RequestBound& bound = spending_.bound();
    usage.input_uncached = std::min(usage.input_uncached, bound.input_tokens);
    usage.output_text = std::min(usage.output_text, bound.output_tokens);
    usage.output_audio = std::min(usage.output_audio, bound.output_tokens - usage.output_text);
  }
  // What the provider did say stands where it is more.
  row_.usage = said.output() >= usage.output() && said.input() > 0 ? said : usage;
}

// Whether the provider's counts are from the middle of an answer, or say that there was none where
// there was one: those are no counts.
bool Pipeline::isCutShort() const {
  const bool whole = !relay_ || relay_->phase() == dialect::StreamPhase::Done;
  if (!whole) return true;
  if (endpoint_ == Endpoint::Embeddings) return row_.usage.input() == 0;
  return row_.usage.output() == 0 || row_.usage.input() == 0;
}

void Pipeline::record() {
  row_.latency_us = microsSinceArrival();
  loop_.metrics.count(row_);
  if (caller_.key == nullptr) return;  // a stranger's request is counted, not logged
  if (retainsPayloads()) {
    row_.request_body = exchange_->request().body;
  }
  loop_.shared.recorder.record(std::move(row_));
}

std::string Pipeline::traceJson() const {
  return renderDecisionTrace(row_, *decision_, spending_, microsSinceArrival());
}

}  // namespace penstock::proxy
