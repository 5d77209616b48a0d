#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "model/decision.h"
#include "model/price.h"
#include "model/usage.h"

namespace penstock::model {

// How the money that was reserved for a request ended. Stored in the request log: the numbers stay.
enum class Settlement : uint8_t {
  None = 0,       // nothing was reserved
  Settled = 1,    // at the cost of the provider's own figures
  Estimated = 2,  // at the cost of ours
  Released = 3,   // given back: nothing was used
};

constexpr std::string_view settlementName(Settlement settlement) {
  switch (settlement) {
    case Settlement::None: return "none";
    case Settlement::Settled: return "settled";
    case Settlement::Estimated: return "estimated";
    case Settlement::Released: return "released";
  }
  return "none";
}

// One row of the request log (spec/modelux.md 5.1): one request that reached the proxy API with a
// valid key, however it ended. Times in microseconds from the request's arrival.
struct RequestLog {
  std::string request_id;  // UUID
  UnixMillis created_at = 0;
  std::string organization_id, project_id, api_key_id;
  std::string endpoint;           // "chat.completions", "messages", "embeddings"
  std::string requested_model;    // as the caller wrote it: "@default"
  std::string provider;           // vendor that served, or the last tried; empty when none
  std::string provider_id;        // its credential
  std::string model;              // served model
  std::string routing_config_id;  // empty for provider/model and bare names
  int64_t routing_config_version = 0;
  std::string resolved;     // "config", "provider", "auto", or empty when resolution failed
  int status = 0;           // what the caller was answered; 499 when it left first
  std::string error_class;  // the error's code, empty on success
  bool stream = false;
  int attempts = 0;
  Usage usage;
  Money cost_input, cost_output, cost_total;
  PriceBasis basis = PriceBasis::Unknown;
  std::string catalogue_version;  // of the catalogue and the overrides used
  // What the provider says that it served: "flex", or named where it is no service_tier:
  // "speed=fast,inference_geo=us". Empty: it said nothing.
  std::string service_tier;
  // The rates that were applied, in the form of pricing/charge.h, so that the cost can be explained
  // for ever; empty when nothing was charged.
  std::string charge;
  // Of the budgets that the request drew on.
  Money cost_reserved;
  Settlement settlement = Settlement::None;
  std::string settlement_reason;
  int64_t latency_us = 0;  // total
  int64_t ttft_us = -1;    // first content byte to the caller; -1 when none
  int64_t upstream_connect_us = -1;
  int64_t upstream_head_us = -1;
  std::string end_user, trace_id, conversation_id, traceparent;
  std::string parent_span_id;  // the caller's, of its traceparent; not stored, only exported
  std::vector<std::pair<std::string, std::string>> tags;
  std::optional<std::string> byok_fingerprint;
  std::vector<Attempt> attempt_log;  // not stored as such: it is in the decision
  std::string ab_variant;
  std::string decision;  // the decision trace, see trace/stored_decision.h; empty: none was made
  std::optional<std::string> request_body, response_body;  // only when the project retains payloads

  // Whether an answer of the cache was given.
  bool fromCache() const { return basis == PriceBasis::Kept; }
};

}  // namespace penstock::model
