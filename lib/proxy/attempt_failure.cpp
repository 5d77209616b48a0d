#include "proxy/attempt_failure.h"

#include <algorithm>

#include <fmt/format.h>

namespace penstock::proxy {
namespace {

using Class = AttemptFailure::Class;

Class classOf(provider::FailureClass kind) {
  using From = provider::FailureClass;
  switch (kind) {
    case From::Rate: return Class::Rate;
    case From::Money: return Class::Money;
    case From::Overload: return Class::Overload;
    case From::Fault: return Class::Fault;
    case From::Timeout: return Class::Timeout;
    case From::Shape: return Class::Shape;
    case From::Policy: return Class::Policy;
    case From::Credential: return Class::Credential;
    case From::NoModel: return Class::NoModel;
    case From::Caller: return Class::Caller;
  }
  return Class::Fault;
}

// What the caller is told where the provider's own answer is not passed on: refusals of our
// credential, which must not blame the caller's, and what is no refusal of the request.
ApiError errorOf(Class kind, int status, const std::string& provider,
                 const dialect::UpstreamError& said) {
  if (kind == Class::Credential) {
    return {ErrorKind::UpstreamFailed, "provider_auth_failed",
            "provider " + provider + " refused the gateway's credential"};
  }
  const std::string what =
      fmt::format("provider {} answered {}: {}", provider, status, said.message);
  if (kind == Class::Timeout) return {ErrorKind::UpstreamTimeout, "upstream_timeout", what};
  return {ErrorKind::UpstreamFailed, "all_attempts_failed", what};
}

}  // namespace

std::string_view failureName(Class kind) {
  switch (kind) {
    case Class::Rate: return "rate_limited";
    case Class::Money: return "out_of_money";
    case Class::Overload: return "overloaded";
    case Class::Fault: return "server_error";
    case Class::Timeout: return "timeout";
    case Class::Transport: return "transport";
    case Class::Garbage: return "invalid_answer";
    case Class::Shape: return "context_too_long";
    case Class::Policy: return "content_filter";
    case Class::Credential: return "credential_refused";
    case Class::NoModel: return "model_not_found";
    case Class::Caller: return "refused";
    case Class::Unsupported: return "unsupported";
    case Class::Budget: return "budget";
    case Class::Unpriced: return "not_priced";
    case Class::Internal: return "not_sent";
  }
  return "internal";
}

std::optional<routing::OutcomeKind> outcomeOf(const AttemptFailure& failure, bool callers_key) {
  using Kind = routing::OutcomeKind;
  switch (failure.kind) {
    case Class::Rate: return callers_key ? std::nullopt : std::optional(Kind::RateLimited);
    case Class::Money: return callers_key ? std::nullopt : std::optional(Kind::OutOfMoney);
    case Class::Credential: return callers_key ? std::nullopt : std::optional(Kind::Credential);
    case Class::Overload: return Kind::Overloaded;
    case Class::Fault: return Kind::ServerError;
    case Class::Timeout: return Kind::Timeout;
    case Class::Transport: return Kind::Transport;
    case Class::Garbage: return Kind::InvalidAnswer;
    case Class::NoModel: return Kind::ModelNotFound;
    // It works, and says no.
    case Class::Shape:
    case Class::Policy:
    case Class::Caller: return Kind::Success;
    case Class::Unsupported:
    case Class::Budget:
    case Class::Unpriced:
    case Class::Internal: return std::nullopt;
  }
  return std::nullopt;
}

bool goesOn(const AttemptFailure& failure, const config::RetryOn& on) {
  if (failure.status != 0 && std::ranges::find(on.statuses, failure.status) != on.statuses.end())
    return true;
  switch (failure.kind) {
    case Class::Rate:
    case Class::Money: return on.rate_limits;
    case Class::Overload:
    case Class::Fault: return on.server_errors;
    case Class::Timeout: return on.timeouts;
    case Class::Transport: return on.connection;
    case Class::Shape: return on.context_length;
    case Class::Policy: return on.content_filter;
    case Class::Garbage:
    case Class::Credential:
    case Class::NoModel:
    case Class::Unsupported:
    case Class::Budget:
    case Class::Unpriced:
    case Class::Internal: return true;
    case Class::Caller: return false;
  }
  return false;
}

bool isPassing(const AttemptFailure& failure) {
  switch (failure.kind) {
    case Class::Rate:
    case Class::Overload:
    case Class::Fault:
    case Class::Transport:
    case Class::Garbage: return true;
    case Class::Money:
    case Class::Timeout:  // it may be at work still
    case Class::Shape:
    case Class::Policy:
    case Class::Credential:
    case Class::NoModel:
    case Class::Caller:
    case Class::Unsupported:
    case Class::Budget:
    case Class::Unpriced:
    case Class::Internal: return false;
  }
  return false;
}

AttemptFailure failureOf(int status, dialect::UpstreamError said, const std::string& provider,
                         std::optional<int64_t> retry_after_ms) {
  AttemptFailure failure;
  // Redirects are not followed: no answer in any dialect.
  failure.kind = status < 400 ? Class::Garbage : classOf(provider::classify(status, said));
  failure.status = status;
  failure.retry_after_ms = retry_after_ms;
  failure.error = errorOf(failure.kind, status, provider, said);
  // Its own 4xx as they are (spec/modelux.md 13.15).
  const bool of_request = status >= 400 && status < 500 && failure.kind != Class::Credential &&
                          failure.kind != Class::Timeout;
  if (of_request) {
    if (!said.code.empty()) failure.error.code = said.code;
    failure.refusal = std::move(said);
  }
  return failure;
}

AttemptFailure failureOf(const http::Failure& failure, const std::string& provider) {
  using Kind = http::FailureKind;
  const bool timeout = failure.kind == Kind::ConnectTimeout ||
                       failure.kind == Kind::FirstByteTimeout ||
                       failure.kind == Kind::IdleTimeout || failure.kind == Kind::TotalTimeout;
  AttemptFailure out;
  out.kind = timeout ? Class::Timeout : Class::Transport;
  if (failure.kind == Kind::BadResponse || failure.kind == Kind::TooLarge)
    out.kind = Class::Garbage;
  // Our own limit of connections says nothing about the provider.
  if (failure.kind == Kind::Overloaded || failure.kind == Kind::EgressRefused)
    out.kind = Class::Internal;
  out.error = {timeout ? ErrorKind::UpstreamTimeout : ErrorKind::UpstreamFailed,
               timeout ? "upstream_timeout" : "all_attempts_failed",
               "provider " + provider + " failed: " + http::failureName(failure.kind)};
  return out;
}

AttemptFailure timedOut(const std::string& provider, int64_t after_ms) {
  AttemptFailure failure;
  failure.kind = Class::Timeout;
  failure.error = {ErrorKind::UpstreamTimeout, "upstream_timeout",
                   fmt::format("provider {} had not answered after {} ms", provider, after_ms)};
  return failure;
}

AttemptFailure cannotExpress(ApiError error) {
  AttemptFailure failure;
  failure.kind = Class::Unsupported;
  failure.error = std::move(error);
  return failure;
}

AttemptFailure invalidAnswer(std::string message) {
  AttemptFailure failure;
  failure.kind = Class::Garbage;
  failure.error = {ErrorKind::UpstreamFailed, "invalid_upstream_response", std::move(message)};
  return failure;
}

}  // namespace penstock::proxy
