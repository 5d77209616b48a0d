#include "trace/row_decision.h"

#include "trace/decision_json.h"
#include "trace/stored_decision.h"

namespace penstock::trace {
namespace {

constexpr int kFirstFailure = 400;

bool served(const model::RequestLog& row) { return row.status < kFirstFailure; }

// Its name as the caller wrote it: the row keeps the id, which a trace does not show.
std::string configOf(const model::RequestLog& row) {
  const bool named = !row.routing_config_id.empty() && row.requested_model.starts_with('@');
  return named ? row.requested_model : std::string();
}

// The columns tell of the last attempt only; of its times, when it was not the first, nothing.
model::Attempt lastAttempt(const model::RequestLog& row) {
  model::Attempt attempt{.model = row.model,
                         .provider = row.provider,
                         .provider_id = row.provider_id,
                         .status = served(row) ? "ok" : row.error_class,
                         .error = row.error_class,
                         .http_status = served(row) ? row.status : 0,
                         .started_at = row.created_at,
                         .offset_us = -1,
                         .latency_us = -1,
                         .cost = row.cost_total,
                         .input_tokens = row.usage.input(),
                         .output_tokens = row.usage.output()};
  if (row.attempts > 1) return attempt;
  attempt.connect_us = row.upstream_connect_us;
  attempt.head_us = row.upstream_head_us;
  attempt.first_token_us = row.ttft_us;
  attempt.latency_us = row.latency_us;
  return attempt;
}

std::string reasonOf(const model::RequestLog& row) {
  std::string reason = served(row) ? "served" : row.error_class;
  if (row.attempts > 1) {
    reason += "; of its " + std::to_string(row.attempts) + " attempts the last alone is known";
  }
  return reason;
}

}  // namespace

std::string decisionOf(const model::RequestLog& row) {
  if (!row.decision.empty()) return showStored(row.decision, row.request_id);
  model::DecisionTrace trace;
  trace.request_id = row.request_id;
  trace.config = configOf(row);
  trace.config_version = row.routing_config_version;
  trace.resolved = row.resolved;
  if (!row.model.empty() && !row.provider.empty()) {
    trace.candidates.push_back({row.model, row.provider, row.provider_id,
                                served(row) ? "selected" : "failed",
                                served(row) ? std::string() : row.error_class});
  }
  if (row.attempts > 0) trace.attempts.push_back(lastAttempt(row));
  trace.ab_variant = row.ab_variant;
  trace.decision = row.attempts > 0 ? "attempt_1" : "refused";
  trace.reason = reasonOf(row);
  trace.total_latency_us = row.latency_us;
  return renderDecision(trace);
}

}  // namespace penstock::trace
