#include "proxy/pipeline.h"

#include <algorithm>

#include "auth/access.h"
#include "base/id.h"
#include "base/text.h"
#include "dialect/openai_encode.h"
#include "provider/endpoint.h"
#include "proxy/admission.h"

namespace penstock::proxy {
namespace {

const char* endpointName(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::Chat:
    case Endpoint::ChatDryRun: return "chat.completions";
    case Endpoint::Embeddings: return "embeddings";
  }
  return "";
}

const char* upstreamPath(Endpoint endpoint) {
  return endpoint == Endpoint::Embeddings ? "/embeddings" : "/chat/completions";
}

// The first that is not empty: what comes earlier has precedence (spec/modelux.md 13.2).
std::string firstOf(std::string header, std::string extension, std::string native = {}) {
  if (!header.empty()) return header;
  return extension.empty() ? std::move(native) : std::move(extension);
}

ApiError shed(const char* message) {
  return {ErrorKind::Overloaded, "overloaded", message, {}, {}, {}, {}, 1000};
}

}  // namespace

Pipeline::Pipeline(LoopContext& loop, http::ExchangePtr exchange, Endpoint endpoint)
    : loop_(loop),
      exchange_(std::move(exchange)),
      endpoint_(endpoint),
      arrived_(exchange_->request().received) {
  row_.created_at = loop_.shared.clock.now();
  row_.request_id = newTimeUuid(row_.created_at);
  row_.endpoint = endpointName(endpoint_);
}

Pipeline::~Pipeline() {
  // Reached unfinished only when the gateway stops with the request under way.
  if (done_) return;
  if (call_ != nullptr && receiving_ != Receiving::Error) billable_ = true;
  finish(503, "gateway_stopped");
}

void Pipeline::run() {
  for (auto step :
       {&Pipeline::authenticate, &Pipeline::parse, &Pipeline::admit, &Pipeline::decide}) {
    if (const Status ok = (this->*step)(); !ok) return answerFailure(ok.error());
  }
  if (extensions_.dry_run || endpoint_ == Endpoint::ChatDryRun) return answerDryRun();
  self_ = shared_from_this();
  exchange_->onGone([this] { onClientGone(); });
  reserve();
}

Status Pipeline::authenticate() {
  auto caller = identify(loop_.snapshot(), row_.created_at, exchange_->request());
  if (!caller) return std::move(caller).error();
  caller_ = *std::move(caller);
  row_.api_key_id = caller_.key->id;
  row_.project_id = caller_.project->id;
  row_.organization_id = caller_.project->organization_id;
  if (Status allowed = checkPeer(caller_, exchange_->request()); !allowed) return allowed;
  const http::HeaderList& headers = exchange_->request().headers;
  extensions_ = readExtensions(headers);
  row_.traceparent = continueTrace(headers.get("traceparent"));
  return Unit{};
}

Status Pipeline::parse() {
  const http::Request& request = exchange_->request();
  auto parsed = endpoint_ == Endpoint::Embeddings ? dialect::parseOpenAiEmbeddings(request.body)
                                                  : dialect::parseOpenAiChat(request.body);
  if (!parsed) return std::move(parsed).error();
  request_.emplace(std::move(*parsed));
  row_.requested_model = request_->model.substr(0, 256);
  row_.stream = request_->stream;
  row_.end_user = firstOf(extensions_.end_user, request_->end_user, request_->user);
  row_.trace_id = firstOf(extensions_.trace_id, request_->trace_id);
  row_.conversation_id = firstOf(extensions_.conversation_id, request_->conversation_id);
  row_.tags = std::move(request_->tags);
  for (const auto& [name, value] : extensions_.tags) setTag(row_.tags, name, value);
  return Unit{};
}

Status Pipeline::admit() {
  Context& shared = loop_.shared;
  // Shedding comes first: a refusal of ours must not eat the caller's allowance.
  if (shared.recorder.full()) return shed("the request log cannot keep up");
  if (shared.in_flight.fetch_add(1, std::memory_order_relaxed) >= shared.options.max_in_flight) {
    shared.in_flight.fetch_sub(1, std::memory_order_relaxed);
    return shed("too many requests are being served");
  }
  counted_ = true;
  return takeRate(loop_, *caller_.key, rate_.emplace());
}

Status Pipeline::decide() {
  if (Status allowed = auth::checkModel(*caller_.key, request_->model); !allowed) return allowed;
  auto decision = routing::decide(*caller_.snapshot, *caller_.project, request_->model);
  if (!decision) return std::move(decision).error();
  decision_.emplace(std::move(*decision));
  row_.resolved = routing::resolvedName(decision_->resolved);
  if (decision_->config != nullptr) {
    row_.routing_config_id = decision_->config->head.id;
    row_.routing_config_version = decision_->config->head.version;
  }
  return Unit{};
}

Status Pipeline::prepare() {
  const routing::Candidate& candidate = decision_->candidates.front();
  const model::Provider& provider = *candidate.provider;
  row_.provider = provider.vendor;
  row_.provider_id = provider.id;
  row_.model = candidate.model;
  if (!caller_.snapshot->budgets().all().empty()) {
    model_key_ = config::BudgetIndex::modelKey(candidate.model);
  }
  const auto target = loop_.target(provider);
  if (!target) return target.error();
  target_ = *target;
  return quoteCandidate(*target_, candidate);
}

// Starts a call to the decision's candidate; the answer arrives in the callbacks below.
void Pipeline::attempt() {
  const routing::Candidate& candidate = decision_->candidates.front();
  const model::Provider& provider = *candidate.provider;
  ++row_.attempts;
  const provider::Endpoint& endpoint = target_->endpoint;
  health_ = target_->health;
  body_ = dialect::encodeOpenAiRequest(*request_, candidate.model, dialect::StreamUsage::Request,
                                       outputLimit());

  http::ClientRequest call;
  call.origin = endpoint.origin;
  call.path = endpoint.base_path + upstreamPath(endpoint_);
  call.headers.emplace_back("Content-Type", "application/json");
  call.headers.emplace_back("Accept", wantsStream() ? "text/event-stream" : "application/json");
  call.headers.emplace_back("User-Agent", "penstock/" PENSTOCK_VERSION);
  call.headers.emplace_back("traceparent", row_.traceparent);
  provider::authenticate(provider, extensions_.provider_key, call.headers);
  if (!extensions_.provider_key.empty())
    row_.byok_fingerprint = extensions_.provider_key.fingerprint();
  call.body = body_.pieces();
  call.timeouts = loop_.shared.options.timeouts;
  call.max_response_bytes = loop_.shared.options.max_response_bytes;
  call_ = loop_.client.start(std::move(call), *this);
}

pricing::PriceBook Pipeline::prices() const {
  return {loop_.shared.prices, caller_.snapshot->prices()};
}

Status Pipeline::quoteCandidate(const Target& target, const routing::Candidate& candidate) {
  seller_ = {candidate.provider->name, target.catalogue_provider};
  quote_ = prices().quote(seller_, candidate.model, row_.created_at,
                          caller_.project->settings.unknown_model_policy);
  if (quote_.price != nullptr) return Unit{};
  return ApiError{ErrorKind::Forbidden, "model_not_priced",
                  "no price is known of model " + candidate.model + " at provider " +
                      candidate.provider->name +
                      ", and the project's unknown_model_policy is deny: set a price for it",
                  "model"};
}

void Pipeline::onHead(const http::ResponseHead& head) {
  upstream_status_ = head.status;
  billable_ = head.status == 200;
  row_.upstream_connect_us = call_->timings().connected.count();
  row_.upstream_head_us = call_->timings().head.count();
  response_type_ = head.headers.get("content-type");
  const bool events =
      equalsIgnoreCase(std::string_view(response_type_).substr(0, 17), "text/event-stream");
  if (head.status != 200) {
    receiving_ = Receiving::Error;
    if (const auto seconds = parseUnsigned(head.headers.get("retry-after"))) {
      upstream_retry_after_ms_ = static_cast<int64_t>(std::min<uint64_t>(*seconds, 86'400)) * 1000;
    }
  } else if (wantsStream() && events) {
    receiving_ = Receiving::Stream;
    using Usage = dialect::StreamRelay::UsageFor;
    relay_.emplace(dialect::StreamRelay::Options{
        request_->include_usage ? Usage::Caller : Usage::Accounting, request_->choices});
    if (request_->trace) relay_->setTrace(traceJson());
  } else if (wantsStream() || events) {
    call_.reset();
    judge(routing::OutcomeKind::InvalidAnswer);
    answerFailure({ErrorKind::UpstreamFailed, "invalid_upstream_response",
                   wantsStream() ? "the provider did not stream its answer"
                                 : "the provider streamed an answer that was not to be streamed"},
                  ClientRetry::Spent);
  } else {
    receiving_ = Receiving::Whole;
  }
}

void Pipeline::onData(std::string_view bytes) {
  constexpr size_t kMaxErrorBytes = 64 << 10;
  if (done_) return;
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
      return forwardStream(out);
    }
  }
}

void Pipeline::onEnd() {
  const auto keep = shared_from_this();
  if (done_) return release();
  switch (receiving_) {
    case Receiving::Head: return;
    case Receiving::Whole: return answerWhole();
    case Receiving::Error: return answerUpstreamError();
    case Receiving::Stream: {
      std::string out;
      relay_->finish(out);
      return forwardStream(out);
    }
  }
}

void Pipeline::onFailure(const http::Failure& failure) {
  const auto keep = shared_from_this();
  if (done_) return release();
  using Kind = http::FailureKind;
  const bool timeout = failure.kind == Kind::ConnectTimeout ||
                       failure.kind == Kind::FirstByteTimeout ||
                       failure.kind == Kind::IdleTimeout || failure.kind == Kind::TotalTimeout;
  loop_.shared.log.warn("upstream_failed", {{"request_id", row_.request_id},
                                            {"provider", row_.provider_id},
                                            {"failure", http::failureName(failure.kind)},
                                            {"detail", failure.detail}});
  // It had the request, for all we know, unless there was no connection.
  if (timeout && failure.kind != Kind::ConnectTimeout) billable_ = true;
  const ApiError error{timeout ? ErrorKind::UpstreamTimeout : ErrorKind::UpstreamFailed,
                       timeout ? "upstream_timeout" : "all_attempts_failed",
                       "provider " + row_.provider + " failed: " + http::failureName(failure.kind)};
  if (relay_ && exchange_->started()) {
    // The answer may have been complete when the connection broke: the relay knows.
    std::string out;
    if (!timeout && relay_->finish(out) == dialect::StreamPhase::Done) return forwardStream(out);
    judge(timeout ? routing::OutcomeKind::Timeout : routing::OutcomeKind::Transport);
    return endStream(&error);
  }
  // Our own limit of connections says nothing about the provider.
  if (failure.kind != Kind::Overloaded) {
    judge(timeout ? routing::OutcomeKind::Timeout : routing::OutcomeKind::Transport);
  }
  answerFailure(error, ClientRetry::Spent);
}

void Pipeline::onClientGone() {
  const auto keep = shared_from_this();
  call_.reset();  // the provider stops generating now
  // What it produced until now is paid for.
  if (row_.attempts > 0 && receiving_ != Receiving::Error) billable_ = true;
  finish(499, "client_closed_request");
}

void Pipeline::judge(routing::OutcomeKind outcome) {
  if (const auto health = std::exchange(health_, nullptr)) {
    health->record({outcome, row_.upstream_head_us / 1000}, loop_.shared.clock.now());
  }
}

int64_t Pipeline::microsSinceArrival() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               arrived_)
      .count();
}

}  // namespace penstock::proxy
