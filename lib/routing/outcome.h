#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::routing {

// How an attempt at a provider ended, as far as the provider is to be judged by it. What follows
// from each: spec/dialects.md 11, and TargetHealth.
enum class OutcomeKind : uint8_t {
  Success,      // an answer, a refusal of the caller's own mistake included
  RateLimited,  // 429: too many requests or tokens
  OutOfMoney,   // 402 or 429: quota, credit or spend limit used up
  Overloaded,   // 503, 529
  ServerError,  // other 5xx, or an error inside a stream
  Timeout,
  Transport,      // no connection, or one that broke
  Credential,     // 401 or 403 for the gateway's own credential
  ModelNotFound,  // 404: the provider does not have the model
  InvalidAnswer,  // nothing that its dialect allows
};
std::string_view outcomeName(OutcomeKind kind);  // "rate_limited"

// Whether it counts against a target's breaker: it did not answer, or not with what was asked for.
bool isFault(OutcomeKind kind);
// Whether the provider is fine: it answered, and any other model may well work.
bool isProviderWell(OutcomeKind kind);

struct Outcome {
  OutcomeKind kind = OutcomeKind::Success;
  int64_t latency_ms = 0;  // from the attempt's start to the head of the answer
  // How long the provider said to leave it alone; with RateLimited and Overloaded.
  std::optional<int64_t> retry_after_ms = {};
};

}  // namespace penstock::routing
