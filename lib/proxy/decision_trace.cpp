#include "proxy/decision_trace.h"

#include "trace/decision_json.h"

namespace penstock::proxy {

std::string renderDecisionTrace(const model::RequestLog& row, const routing::Decision& decision,
                                int64_t latency_us) {
  model::DecisionTrace trace = routing::describe(decision);
  trace.request_id = row.request_id;
  if (row.attempts > 0) {
    trace.attempts.push_back({row.model, row.provider, "ok", row.upstream_head_us, row.cost_total});
    trace.decision = "attempt_1";
  }
  trace.total_latency_us = latency_us;
  return trace::renderDecision(trace);
}

}  // namespace penstock::proxy
