#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "config/policies.h"
#include "dialect/dialect.h"
#include "dialect/openai_errors.h"
#include "http/client.h"
#include "provider/failure.h"
#include "routing/outcome.h"

namespace penstock::proxy {

// Why an attempt did not serve its request.
struct AttemptFailure {
  enum class Class : uint8_t {
    Rate,
    Money,
    Overload,
    Fault,
    Timeout,
    Transport,  // no connection, or one that broke
    Garbage,    // nothing that its dialect allows, or a stream that was cut
    Shape,
    Policy,
    Credential,
    NoModel,
    Caller,
    Unsupported,  // the target cannot be asked for this
    Budget,       // refused by a budget: spending() says by which
    Unpriced,     // no price is known, and the project denies such
    Internal,     // ours
  };
  Class kind = Class::Internal;
  int status = 0;  // of the upstream's answer; 0: none
  ApiError error;  // what the caller is told, if this is the last word
  // The provider's refusal of the request, which the caller gets as it is.
  std::optional<dialect::UpstreamError> refusal;
  dialect::Dialect said_by = dialect::Dialect::OpenAi;  // whose words the refusal is in
  std::optional<int64_t> retry_after_ms;
};

// "rate", for traces.
std::string_view failureName(AttemptFailure::Class kind);

// What it says of the target; nothing when it says nothing. With the caller's own key, a refusal of
// it and its limits are no news of ours.
std::optional<routing::OutcomeKind> outcomeOf(const AttemptFailure& failure, bool callers_key);

// Whether a chain with these rules goes on to its next target after it.
bool goesOn(const AttemptFailure& failure, const config::RetryOn& on);
// Whether trying the same target again may help.
bool isPassing(const AttemptFailure& failure);

// Makes one of an error answer, a transport's failure, or an error event inside of a stream.
AttemptFailure failureOf(int status, dialect::UpstreamError said, const std::string& provider,
                         std::optional<int64_t> retry_after_ms);
AttemptFailure failureOf(const http::Failure& failure, const std::string& provider);
AttemptFailure timedOut(const std::string& provider, int64_t after_ms);
AttemptFailure invalidAnswer(std::string message);
// The request cannot be said in the target's dialect.
AttemptFailure cannotExpress(ApiError error);

}  // namespace penstock::proxy
