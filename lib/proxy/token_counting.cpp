#include "proxy/token_counting.h"

#include <utility>

#include "proxy/wire.h"
#include "telemetry/trace_context.h"

namespace penstock::proxy {
namespace {

using dialect::TokenCounter;

// Of a count or an error; more is none.
constexpr uint64_t kMaxAnswerBytes = 64 << 10;

TokenCounter counterOf(const model::Vendor& vendor, model::Dialect spoken) {
  switch (spoken) {
    case model::Dialect::Gemini:
      return vendor.family == model::Family::Vertex ? TokenCounter::VertexContent
                                                    : TokenCounter::Content;
    case model::Dialect::OpenAiResponses: return TokenCounter::InputTokens;
    case model::Dialect::Bedrock: return TokenCounter::Converse;
    case model::Dialect::Anthropic:
    case model::Dialect::OpenAi: break;
  }
  return TokenCounter::Messages;
}

}  // namespace

TokenCounting::TokenCounting(const RequestScope& scope, const routing::Candidate& candidate,
                             Done done)
    : scope_(scope), candidate_(candidate), done_(std::move(done)), timer_(scope.loop.loop, [this] {
        call_.reset();  // the provider stops counting now
        giveUp("no answer in time");
      }) {}

void TokenCounting::start() {
  if (!mayAsk()) return report(std::nullopt);
  if (!prepare()) return report(std::nullopt);  // it has no counter, or cannot be told this
  timer_.armIn(scope_.loop.shared.options.count_timeout);
  call();
}

// A call that has ended stays, so that its connection can be used again.
void TokenCounting::cancel() {
  if (std::exchange(over_, true)) return;
  timer_.cancel();
  call_.reset();
}

// Not while the target is spared. How our credential stands says nothing of the caller's own.
bool TokenCounting::mayAsk() const {
  if (!scope_.extensions.provider_key.empty()) return true;
  const auto view = scope_.loop.health(*candidate_.provider, candidate_.model)
                        .view(scope_.loop.shared.clock.now());
  return view.readiness == routing::Readiness::Ready;
}

Status TokenCounting::prepare() {
  auto target = scope_.loop.target(*candidate_.provider);
  if (!target) return std::move(target).error();
  target_ = *std::move(target);
  auto call = provider::prepare(
      *candidate_.provider, target_->endpoint,
      {provider::Action::CountTokens, false, scope_.anthropic_version, scope_.anthropic_beta},
      candidate_.model);
  if (!call) return std::move(call).error();
  upstream_call_ = *std::move(call);
  return writeBody(target_->endpoint);
}

Status TokenCounting::writeBody(const provider::Endpoint& endpoint) {
  auto wire = Wire::write(
      {scope_, *candidate_.provider, upstream_call_, endpoint, candidate_.model, std::nullopt});
  if (!wire) return std::move(wire).error();
  for (const std::string_view piece : (*wire)->body()) body_ += piece;
  counter_ = counterOf(*endpoint.vendor, upstream_call_.dialect);
  callers_dialect_ = (*wire)->provider() == scope_.dialect;
  // Anthropic's callers wrote theirs for this counter.
  if (callers_dialect_ && counter_ == TokenCounter::Messages) return Unit{};
  body_ = dialect::writeTokenCount(counter_, body_, candidate_.model);
  return Unit{};
}

void TokenCounting::call() {
  const Secret& own = scope_.extensions.provider_key;
  if (!own.empty()) return send(provider::callerCredential(*candidate_.provider, own));
  const auto resume = [weak = weak_from_this(),
                       &loop = scope_.loop.loop](const Result<provider::Credential>& answer) {
    loop.post([weak, answer] {
      if (const auto counting = weak.lock()) counting->onCredential(answer);
    });
  };
  if (auto at_hand = scope_.loop.shared.credentials->get(*candidate_.provider, resume))
    onCredential(*at_hand);
}

void TokenCounting::onCredential(const Result<provider::Credential>& credential) {
  if (over_) return;
  if (!credential) return giveUp(credential.error().message);
  send(*credential);
}

void TokenCounting::send(const provider::Credential& credential) {
  const ProxyOptions& options = scope_.loop.shared.options;
  http::ClientRequest call;
  call.origin = std::move(upstream_call_.origin);
  call.path = std::move(upstream_call_.path);
  call.headers = std::move(upstream_call_.headers);
  call.headers.add("Content-Type", "application/json");
  call.headers.add("Accept", "application/json");
  call.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  call.headers.add("traceparent",
                   telemetry::attemptTraceparent(scope_.row.traceparent, scope_.calls++));
  call.body = {body_};
  call.timeouts = options.timeouts;
  call.max_response_bytes = kMaxAnswerBytes;
  const Status signed_off = provider::authorize(*candidate_.provider, target_->endpoint, credential,
                                                scope_.loop.shared.clock.now(), call);
  if (!signed_off) return giveUp(signed_off.error().message);
  call_ = scope_.loop.client.start(std::move(call), *this);
}

void TokenCounting::onHead(const http::ResponseHead& head) {
  status_ = head.status;
  connected_ = call_->timings().connected;
  head_ = call_->timings().head;
}

void TokenCounting::onData(std::string_view bytes) {
  if (!over_) response_ += bytes;
}

void TokenCounting::onEnd() {
  const auto keep = shared_from_this();
  if (over_) return;
  if (status_ != 200) return giveUp("status " + std::to_string(status_));
  const auto tokens = dialect::readTokenCount(counter_, response_);
  if (!tokens) return giveUp("an answer without a count");
  report(Count{*tokens, callers_dialect_ ? std::move(response_) : std::string()});
}

void TokenCounting::onFailure(const http::Failure& failure) {
  const auto keep = shared_from_this();
  if (!over_) giveUp(http::failureName(failure.kind));
}

void TokenCounting::giveUp(std::string_view why) {
  const auto keep = shared_from_this();
  scope_.loop.shared.log.warn("token_counter_failed", {{"request_id", scope_.row.request_id},
                                                       {"provider_id", candidate_.provider->id},
                                                       {"reason", std::string(why)}});
  report(std::nullopt);
}

void TokenCounting::report(std::optional<Count> count) {
  if (std::exchange(over_, true)) return;
  timer_.cancel();
  done_(std::move(count));
}

}  // namespace penstock::proxy
