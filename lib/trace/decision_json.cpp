#include "trace/decision_json.h"

#include "json/writer.h"

namespace penstock::trace {
namespace {

double millis(int64_t micros) { return static_cast<double>(micros) / 1000.0; }

void writeConfig(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.config.empty()) {
    out.key("config").null().key("config_version").null().key("policy").null();
    return;
  }
  out.field("config", trace.config).field("config_version", trace.config_version);
  out.field("policy", trace.policy);
}

void writeCandidates(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("candidates").beginArray();
  for (const auto& candidate : trace.candidates) {
    out.beginObject().field("model", candidate.model).field("provider", candidate.provider);
    out.field("provider_id", candidate.provider_id).field("status", candidate.status).endObject();
  }
  out.endArray();
}

void writeAttempts(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("attempts").beginArray();
  for (size_t i = 0; i < trace.attempts.size(); ++i) {
    const auto& attempt = trace.attempts[i];
    out.beginObject().field("attempt", i + 1).field("model", attempt.model);
    out.field("provider", attempt.provider).field("status", attempt.status);
    out.field("latency_ms", millis(attempt.latency_us)).field("cost_usd", attempt.cost).endObject();
  }
  out.endArray();
}

void writeBudgets(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("budgets").beginArray();
  for (const auto& budget : trace.budgets) {
    out.beginObject().field("name", budget.name).field("unit", budget.unit);
    out.field("action", budget.action).field("used_pct", budget.used_share);
    out.field("outcome", budget.outcome).endObject();
  }
  out.endArray();
}

}  // namespace

std::string renderDecision(const model::DecisionTrace& trace) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("request_id", trace.request_id);
  writeConfig(out, trace);
  out.field("resolved", trace.resolved);
  writeCandidates(out, trace);
  writeAttempts(out, trace);
  out.key("rules").beginArray().endArray();
  writeBudgets(out, trace);
  out.key("cache").beginObject().field("status", "MISS").endObject().key("ab_variant").null();
  out.field("decision", trace.decision).field("reason", trace.reason);
  out.field("total_latency_ms", millis(trace.total_latency_us)).endObject();
  return text;
}

}  // namespace penstock::trace
