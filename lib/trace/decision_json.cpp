#include "trace/decision_json.h"

#include <array>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "json/raw.h"
#include "json/writer.h"
#include "model/budget.h"

namespace penstock::trace {
namespace {

constexpr size_t kUsualBytes = 2048;  // of a trace

// Null for what did not happen.
void writeMillis(json::Writer& out, std::string_view name, int64_t micros) {
  out.key(name);
  if (micros < 0) {
    out.null();
  } else {
    out.decimal(micros, 3);
  }
}

void writeWord(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.value(text);
  }
}

void writeConfig(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.config.empty()) {
    out.key("config").null().key("config_version").null().key("policy").null();
    return;
  }
  out.field("config", trace.config).field("config_version", trace.config_version);
  writeWord(out, "policy", trace.policy);
  if (trace.path.size() < 2) return;
  out.key("path").beginArray();
  for (const std::string& config : trace.path) out.value(config);
  out.endArray();
}

void writeCandidates(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("candidates").beginArray();
  for (const auto& candidate : trace.candidates) {
    out.beginObject().field("model", candidate.model).field("provider", candidate.provider);
    out.field("provider_id", candidate.provider_id).field("status", candidate.status);
    writeWord(out, "reason", candidate.reason);
    out.endObject();
  }
  out.endArray();
}

void writeAttempt(json::Writer& out, const model::Attempt& attempt, size_t number) {
  out.beginObject().field("attempt", number).field("model", attempt.model);
  out.field("provider", attempt.provider).field("provider_id", attempt.provider_id);
  out.field("status", attempt.status).key("http_status");
  if (attempt.http_status == 0) {
    out.null();
  } else {
    out.value(attempt.http_status);
  }
  out.field("started_at", iso8601(attempt.started_at));
  writeMillis(out, "queue_ms", attempt.offset_us);
  writeMillis(out, "connect_ms", attempt.connect_us);
  writeMillis(out, "first_byte_ms", attempt.head_us);
  writeMillis(out, "ttft_ms", attempt.first_token_us);
  writeMillis(out, "latency_ms", attempt.latency_us);
  writeWord(out, "error", attempt.error);
  writeWord(out, "upstream_request_id", attempt.upstream_request_id);
  out.field("input_tokens", attempt.input_tokens).field("output_tokens", attempt.output_tokens);
  out.field("cost_usd", attempt.cost);
  if (attempt.hedge) out.field("hedge", true);
  out.endObject();
}

void writeAttempts(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("attempts").beginArray();
  for (size_t i = 0; i < trace.attempts.size(); ++i) writeAttempt(out, trace.attempts[i], i + 1);
  out.endArray();
}

void writeRules(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("rules").beginArray();
  for (size_t i = 0; i < trace.rules.size(); ++i) {
    out.beginObject().field("index", i).field("if", trace.rules[i].text);
    out.field("matched", trace.rules[i].matched);
    if (!trace.rules[i].why.empty()) out.field("why", trace.rules[i].why);
    out.endObject();
  }
  out.endArray();
}

// Name, unit and action are in the label, as the log keeps them.
void writeBudget(json::Writer& out, const model::DecisionTrace::Budget& budget) {
  constexpr int kPlaces = 4;  // a ten-thousandth is the unit
  std::array<std::string_view, 3> values;
  size_t i = 0;
  const std::string_view row = budget.label.substr(0, budget.label.rfind(','));
  json::forEachElement(row, [&](std::string_view value) {
    values[i++] = value;
    return i < values.size();
  });
  const auto unit = static_cast<model::BudgetUnit>(json::rawInteger(values[1]).value_or(0));
  const auto action = static_cast<model::BudgetAction>(json::rawInteger(values[2]).value_or(0));
  out.beginObject().rawField("name", values[0]).field("unit", model::unitName(unit));
  out.field("action", model::actionName(action));
  out.key("used_pct").decimal(budget.used_permyriad, kPlaces);
  out.field("outcome", model::budgetOutcomeName(budget.outcome)).endObject();
}

void writeBudgets(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("budgets").beginArray();
  for (const auto& budget : trace.budgets) writeBudget(out, budget);
  out.endArray();
}

void writeGuardrails(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.guardrails.empty()) return;
  out.key("guardrails").beginArray();
  for (const auto& found : trace.guardrails) {
    out.beginObject().field("rule", found.rule).field("kind", found.kind);
    out.field("place", found.place).field("action", found.action);
    out.field("count", found.count).endObject();
  }
  out.endArray();
}

}  // namespace

std::string renderDecision(const model::DecisionTrace& trace) {
  std::string text;
  text.reserve(kUsualBytes);
  json::Writer out(text);
  out.beginObject().field("request_id", trace.request_id);
  writeConfig(out, trace);
  writeWord(out, "resolved", trace.resolved);
  writeCandidates(out, trace);
  writeAttempts(out, trace);
  writeRules(out, trace);
  writeBudgets(out, trace);
  writeGuardrails(out, trace);
  out.key("cache").beginObject().field("status", trace.cache).endObject();
  writeWord(out, "ab_variant", trace.ab_variant);
  out.field("decision", trace.decision).field("reason", trace.reason);
  out.key("total_latency_ms").decimal(trace.total_latency_us, 3).endObject();
  return text;
}

}  // namespace penstock::trace
