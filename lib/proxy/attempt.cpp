#include "proxy/attempt.h"

#include <algorithm>
#include <utility>

#include "telemetry/trace_context.h"

namespace penstock::proxy {
namespace {

provider::Operation operationOf(const RequestScope& scope, const provider::Endpoint& endpoint,
                                bool stream) {
  using provider::Action;
  Action action =
      scope.endpoint == Endpoint::Embeddings ? embeddingAction(scope) : actionOf(scope.endpoint);
  const bool wants_responses = scope.dialect == dialect::Dialect::Responses &&
                               scope.answer_dialect == dialect::Dialect::Responses;
  if (wants_responses && endpoint.has_responses) action = Action::Responses;
  return {action, stream, scope.anthropic_version, scope.anthropic_beta};
}

}  // namespace

Attempt::Attempt(const RequestScope& scope, const routing::Candidate& candidate, Listener* listener)
    : scope_(scope),
      candidate_(candidate),
      listener_(listener),
      timer_(scope.loop.loop, [this] { onTimer(); }) {
  record_.model = candidate.model;
  record_.provider = candidate.provider->vendor;
  record_.provider_id = candidate.provider->id;
  markStart();
  bill_.model = candidate.model;
}

// How long a caller takes to send a request is not the target's doing.
void Attempt::markStart() {
  started_ = std::chrono::steady_clock::now();
  record_.started_at = scope_.loop.shared.clock.now();
  record_.offset_us =
      std::chrono::duration_cast<std::chrono::microseconds>(started_ - scope_.arrived).count();
}

Attempt::~Attempt() {
  if (!ended_) cancel();
  std::erase(scope_.spendings, &spending_);
}

void Attempt::start(Options options) {
  options_ = std::move(options);
  record_.hedge = options_.hedge;
  if (Status prepared = prepare(); !prepared) {
    AttemptFailure failure;
    failure.kind = prepared.error().code == "model_not_priced" ? AttemptFailure::Class::Unpriced
                                                               : AttemptFailure::Class::Internal;
    failure.error = std::move(prepared).error();
    return fail(std::move(failure));
  }
  scope_.spendings.push_back(&spending_);
  if (options_.downgraded_by != nullptr) spending_.downgraded(*options_.downgraded_by);
  reserve();
}

Status Attempt::prepare() {
  auto target = scope_.loop.target(*candidate_.provider);
  if (!target) return std::move(target).error();
  target_ = *std::move(target);
  auto call =
      provider::prepare(*candidate_.provider, target_->endpoint,
                        operationOf(scope_, target_->endpoint, streams()), candidate_.model);
  if (!call) return std::move(call).error();
  upstream_call_ = *std::move(call);
  if (!scope_.caller.snapshot->budgets().all().empty()) {
    model_key_ = config::BudgetIndex::modelKey(candidate_.model);
  }
  return quote();
}

Status Attempt::rehearse() {
  if (Status prepared = prepare(); !prepared) return prepared;
  spending_.rehearse(scope_.loop.shared.ledger, ask());
  ended_ = true;
  return Unit{};
}

// Before a call: the most that it can cost is set aside in every budget that binds it.
void Attempt::reserve() {
  // Called on the ledger's thread: the loop may have let go of us by the time it is our turn.
  const auto resume = [weak = weak_from_this(), &loop = scope_.loop.loop](const Status& ready) {
    loop.post([weak, ready] {
      if (const auto attempt = weak.lock()) attempt->onLedger(ready);
    });
  };
  switch (spending_.reserve(scope_.loop.shared.ledger, ask(), resume)) {
    case Spending::Outcome::Reserved:
      if (spending_.open()) bill_.reserved = spending_.reserved();
      return call();
    case Spending::Outcome::Later: return;
    case Spending::Outcome::Downgrade: downgraded_ = true; [[fallthrough]];
    case Spending::Outcome::Refused: {
      AttemptFailure failure;
      failure.kind = AttemptFailure::Class::Budget;
      return fail(std::move(failure));
    }
  }
}

void Attempt::onLedger(const Status& ready) {
  if (ended_) return;
  if (ready) return reserve();
  AttemptFailure failure;
  failure.error = ready.error();
  fail(std::move(failure));
}

// What authenticates the call: the caller's own, what is stored, or a token that may have to be
// fetched first.
void Attempt::call() {
  if (!scope_.arriving()) armTimer();
  const Secret& own = scope_.extensions.provider_key;
  if (!own.empty()) {
    bill_.byok_fingerprint = own.fingerprint();
    return send(provider::callerCredential(*candidate_.provider, own));
  }
  const auto resume = [weak = weak_from_this(),
                       &loop = scope_.loop.loop](const Result<provider::Credential>& answer) {
    loop.post([weak, answer] {
      if (const auto attempt = weak.lock()) attempt->onCredential(answer);
    });
  };
  if (auto at_hand = scope_.loop.shared.credentials->get(*candidate_.provider, resume)) {
    onCredential(*at_hand);
  }
}

void Attempt::onCredential(const Result<provider::Credential>& credential) {
  if (ended_) return;
  if (credential) return send(*credential);
  // Of the token's source, not of what the provider thinks of it: it may come back soon.
  AttemptFailure failure;
  failure.kind = AttemptFailure::Class::Transport;
  failure.error = credential.error();
  fail(std::move(failure));
}

void Attempt::armTimer() {
  if (options_.timeout_ms) timer_.armIn(std::chrono::milliseconds(*options_.timeout_ms));
}

void Attempt::feed() {
  if (ended_) return;
  const std::string_view there = scope_.media->bytes;
  if (call_) call_->send(there.substr(fed_));
  fed_ = there.size();
  if (scope_.arriving()) return;
  markStart();
  armTimer();
}

// Starts the call; the answer arrives in the callbacks below.
void Attempt::send(const provider::Credential& credential) {
  auto wire = Wire::write({scope_, *candidate_.provider, upstream_call_, target_->endpoint,
                           candidate_.model, outputLimit()});
  if (!wire) return fail(cannotExpress(std::move(wire).error()));
  wire_ = *std::move(wire);
  http::ClientRequest call;
  call.origin = std::move(upstream_call_.origin);
  call.path = std::move(upstream_call_.path);
  call.headers = std::move(upstream_call_.headers);
  call.headers.add("Content-Type", wire_->contentType());
  call.headers.add("Accept", accepts());
  call.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  number_ = scope_.calls++;
  call.headers.add("traceparent", telemetry::attemptTraceparent(scope_.row.traceparent, number_));
  call.body = wire_->body();
  if (scope_.arriving()) {
    fed_ = scope_.media->bytes.size();
    call.body_bytes = scope_.media->coming;
    for (const std::string_view piece : call.body) *call.body_bytes += piece.size();
  }
  call.timeouts = timeouts();
  call.max_response_bytes = scope_.loop.shared.options.max_response_bytes;
  const Status signed_off = provider::authorize(*candidate_.provider, target_->endpoint, credential,
                                                scope_.loop.shared.clock.now(), call);
  if (!signed_off) {
    AttemptFailure failure;
    failure.error = signed_off.error();
    return fail(std::move(failure));
  }
  called_ = true;
  call_ = scope_.loop.client.start(std::move(call), *this);
}

std::string_view Attempt::accepts() const {
  if (streams()) return "text/event-stream";
  return scope_.media == nullptr ? "application/json" : "*/*";
}

http::Timeouts Attempt::timeouts() const {
  const ProxyOptions& options = scope_.loop.shared.options;
  http::Timeouts timeouts = options.timeouts;
  if (scope_.media != nullptr && dialect::makesImages(scope_.media->kind))
    timeouts.first_byte = std::max(timeouts.first_byte, options.image_first_byte);
  return timeouts;
}

void Attempt::onTimer() {
  if (ended_ || hasContent()) return;
  billable_ = call_ != nullptr && sent() && receiving_ != Receiving::Error;
  call_.reset();
  fail(timedOut(providerName(), *options_.timeout_ms));
}

void Attempt::fail(AttemptFailure failure) {
  const auto keep = weak_from_this().lock();
  failure_ = std::move(failure);
  if (wire_) failure_->said_by = wire_->provider();
  const auto outcome = outcomeOf(*failure_, !scope_.extensions.provider_key.empty());
  if (outcome && !isCallersDoing(*outcome)) judge(*outcome);
  record_.error = failure_->error.message;
  end(failureName(failure_->kind));
  listener_->onFailed(*this);
}

// A provider does not wait for ever for a caller who takes long to send.
bool Attempt::isCallersDoing(routing::OutcomeKind outcome) const {
  return scope_.arriving() &&
         (outcome == routing::OutcomeKind::Timeout || outcome == routing::OutcomeKind::Transport);
}

void Attempt::cancel() {
  if (ended_) {
    call_.reset();
    return;
  }
  giveUp("cancelled");
}

void Attempt::timeOut(const std::string& why) {
  if (ended_) return;
  record_.error = why;
  giveUp(failureName(AttemptFailure::Class::Timeout));
}

// What it produced until now is paid for; of half a request nothing was.
void Attempt::giveUp(std::string_view status) {
  if (sent() && receiving_ != Receiving::Error) billable_ = true;
  call_.reset();  // the provider stops generating now
  end(status);
}

void Attempt::idle() {
  call_.reset();
  listener_->onIdle(*this);
}

void Attempt::pause() {
  if (call_) call_->pause();
}

void Attempt::resume() {
  if (call_) call_->resume();
}

void Attempt::forgetRequest() {
  input_estimate_ = scope_.request.estimateInputTokens();
  may_think_ = mayThinkUnseen();
  wire_->letGo();
}

void Attempt::judge(routing::OutcomeKind outcome) {
  if (!options_.permit) return;
  const routing::Outcome said{outcome, std::max<int64_t>(record_.head_us, 0) / 1000,
                              retry_after_ms_};
  options_.permit.report(said, scope_.loop.shared.clock.now());
}

// The one way out: settles, and lets go of the target.
void Attempt::end(std::string_view status) {
  if (std::exchange(ended_, true)) return;
  timer_.cancel();
  options_.permit = {};
  record_.status = status;
  record_.latency_us = micros();
  settle();
  record_.model = bill_.model;
  record_.cost = bill_.cost.total;
  record_.input_tokens = bill_.usage.input();
  record_.output_tokens = bill_.usage.output();
}

int64_t Attempt::micros() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               started_)
      .count();
}

}  // namespace penstock::proxy
