#include "proxy/attempt.h"

#include <algorithm>
#include <utility>

#include "provider/endpoint.h"
#include "telemetry/trace_context.h"

namespace penstock::proxy {
namespace {

const char* upstreamPath(Endpoint endpoint, dialect::Dialect dialect) {
  if (dialect == dialect::Dialect::Anthropic) return "/messages";
  return endpoint == Endpoint::Embeddings ? "/embeddings" : "/chat/completions";
}

}  // namespace

Attempt::Attempt(const RequestScope& scope, const routing::Candidate& candidate, Listener* listener)
    : scope_(scope),
      candidate_(candidate),
      listener_(listener),
      started_(std::chrono::steady_clock::now()),
      timer_(scope.loop.loop, [this] { onTimer(); }) {
  record_.model = candidate.model;
  record_.provider = candidate.provider->vendor;
  record_.provider_id = candidate.provider->id;
  record_.started_at = scope.loop.shared.clock.now();
  record_.offset_us =
      std::chrono::duration_cast<std::chrono::microseconds>(started_ - scope.arrived).count();
  bill_.model = candidate.model;
}

Attempt::~Attempt() {
  if (!ended_) cancel();
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
  if (options_.downgraded_by != nullptr) spending_.downgraded(*options_.downgraded_by);
  reserve();
}

Status Attempt::prepare() {
  auto target = scope_.loop.target(*candidate_.provider);
  if (!target) return std::move(target).error();
  target_ = *std::move(target);
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

// Starts the call; the answer arrives in the callbacks below.
void Attempt::call() {
  const model::Provider& provider = *candidate_.provider;
  auto wire = Wire::write({scope_, target_->dialect, candidate_.model, outputLimit()});
  if (!wire) return fail(cannotExpress(std::move(wire).error()));
  wire_ = *std::move(wire);
  http::ClientRequest call;
  call.origin = target_->endpoint.origin;
  call.path = target_->endpoint.base_path + upstreamPath(scope_.endpoint, target_->dialect);
  call.headers.emplace_back("Content-Type", "application/json");
  call.headers.emplace_back("Accept", streams() ? "text/event-stream" : "application/json");
  call.headers.emplace_back("User-Agent", "penstock/" PENSTOCK_VERSION);
  number_ = scope_.calls++;
  call.headers.emplace_back("traceparent",
                            telemetry::attemptTraceparent(scope_.row.traceparent, number_));
  provider::authenticate(provider, scope_.extensions.provider_key, call.headers);
  if (!scope_.extensions.provider_key.empty()) {
    bill_.byok_fingerprint = scope_.extensions.provider_key.fingerprint();
  }
  call.body = wire_->body();
  call.timeouts = scope_.loop.shared.options.timeouts;
  call.max_response_bytes = scope_.loop.shared.options.max_response_bytes;
  called_ = true;
  if (options_.timeout_ms) timer_.armIn(std::chrono::milliseconds(*options_.timeout_ms));
  call_ = scope_.loop.client.start(std::move(call), *this);
}

void Attempt::onTimer() {
  if (ended_ || hasContent()) return;
  // It had the request, for all we know, once there was a connection.
  billable_ = call_ != nullptr && call_->timings().connected.count() >= 0;
  call_.reset();
  fail(timedOut(providerName(), *options_.timeout_ms));
}

void Attempt::fail(AttemptFailure failure) {
  const auto keep = weak_from_this().lock();
  failure_ = std::move(failure);
  if (wire_) failure_->said_by = wire_->provider();
  if (const auto outcome = outcomeOf(*failure_, !scope_.extensions.provider_key.empty()))
    judge(*outcome);
  record_.error = failure_->error.message;
  end(failureName(failure_->kind));
  listener_->onFailed(*this);
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

// What it produced until now is paid for.
void Attempt::giveUp(std::string_view status) {
  if (called_ && receiving_ != Receiving::Error) billable_ = true;
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
