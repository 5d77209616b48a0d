#include "proxy/decision_trace.h"

#include "json/writer.h"

namespace penstock::proxy {
namespace {

double millis(int64_t micros) { return static_cast<double>(micros) / 1000.0; }

}  // namespace

std::string renderDecisionTrace(const model::RequestLog& row, const routing::Decision& decision,
                                int64_t latency_us) {
  std::string out;
  json::Writer w(out);
  w.beginObject().field("request_id", row.request_id);
  if (decision.config != nullptr) {
    w.field("config", "@" + decision.config->head.slug);
    w.field("config_version", decision.config->head.version)
        .field("policy", decision.config->head.policy);
  } else {
    w.key("config").null().key("config_version").null().key("policy").null();
  }
  w.field("resolved", routing::resolvedName(decision.resolved)).key("candidates").beginArray();
  for (const routing::Candidate& candidate : decision.candidates) {
    w.beginObject().field("model", candidate.model).field("provider", candidate.provider->vendor);
    w.field("provider_id", candidate.provider->id).field("status", "selected").endObject();
  }
  w.endArray().key("attempts").beginArray();
  if (row.attempts > 0) {
    w.beginObject().field("attempt", 1).field("model", row.model).field("provider", row.provider);
    w.field("status", "ok").field("latency_ms", millis(row.upstream_head_us));
    w.field("cost_usd", row.cost_total).endObject();
  }
  w.endArray().key("rules").beginArray().endArray().key("budgets").beginArray().endArray();
  w.key("cache").beginObject().field("status", "MISS").endObject().key("ab_variant").null();
  w.field("decision", row.attempts > 0 ? "attempt_1" : "dry_run");
  w.field("reason", decision.config != nullptr ? "single target of the routing config"
                                               : "named by the request");
  w.field("total_latency_ms", millis(latency_us)).endObject();
  return out;
}

}  // namespace penstock::proxy
