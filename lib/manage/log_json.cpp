#include "manage/log_json.h"

#include "json/scan.h"
#include "manage/answers.h"
#include "trace/row_decision.h"

namespace penstock::manage {
namespace {

// Microseconds as milliseconds; null for "did not happen".
void writeMillis(json::Writer& out, std::string_view name, int64_t micros) {
  out.key(name);
  if (micros < 0) {
    out.null();
  } else {
    out.value(static_cast<double>(micros) / 1000.0);
  }
}

bool isPriced(const model::RequestLog& row) { return row.basis != model::PriceBasis::Unknown; }

// Null when no price is known: zero would be a claim.
void writeCost(json::Writer& out, std::string_view name, const model::RequestLog& row,
               Money amount) {
  out.key(name);
  if (isPriced(row)) {
    out.value(amount);
  } else {
    out.null();
  }
}

std::string_view sourceName(model::Usage::Source source) {
  switch (source) {
    case model::Usage::Source::None: return "none";
    case model::Usage::Source::Provider: return "provider";
    case model::Usage::Source::Estimated: return "estimated";
  }
  return "none";
}

void writeWho(json::Writer& out, const model::RequestLog& row) {
  out.field("request_id", row.request_id);
  writeTime(out, "created_at", row.created_at);
  out.field("project_id", row.project_id).field("api_key_id", row.api_key_id);
  writeText(out, "end_user", row.end_user);
  writeText(out, "conversation_id", row.conversation_id);
  writeText(out, "trace_id", row.trace_id);
  out.key("tags").beginObject();
  for (const auto& [key, value] : row.tags) out.field(key, value);
  out.endObject();
}

void writeRoute(json::Writer& out, const model::RequestLog& row) {
  out.field("endpoint", row.endpoint).field("requested_model", row.requested_model);
  writeText(out, "resolved", row.resolved);
  writeText(out, "routing_config_id", row.routing_config_id);
  out.key("routing_config_version");
  if (row.routing_config_id.empty()) {
    out.null();
  } else {
    out.value(row.routing_config_version);
  }
  writeText(out, "provider", row.provider);
  writeText(out, "provider_credential_id", row.provider_id);
  writeText(out, "model", row.model);
  writeText(out, "ab_variant", row.ab_variant);
  out.field("byok_fingerprint", row.byok_fingerprint);
}

void writeOutcome(json::Writer& out, const model::RequestLog& row) {
  out.field("status", row.status);
  writeText(out, "error_class", row.error_class);
  out.field("stream", row.stream).field("attempts", row.attempts);
  out.field("cache", row.fromCache() ? "HIT" : "MISS");
  out.field("input_tokens", row.usage.input()).field("output_tokens", row.usage.output());
  writeCost(out, "input_cost_usd", row, row.cost_input);
  writeCost(out, "output_cost_usd", row, row.cost_output);
  writeCost(out, "total_cost_usd", row, row.cost_total);
  writeMillis(out, "ttft_ms", row.ttft_us);
  writeMillis(out, "latency_ms", row.latency_us);
}

void writeUsage(json::Writer& out, const model::Usage& usage) {
  out.key("usage").beginObject().field("source", sourceName(usage.source));
  out.field("input_uncached", usage.input_uncached);
  out.field("input_cache_read", usage.input_cache_read);
  out.field("input_cache_write", usage.input_cache_write);
  out.field("input_cache_write_1h", usage.input_cache_write_1h);
  out.field("input_audio", usage.input_audio).field("input_image", usage.input_image);
  out.field("input_cache_read_audio", usage.input_cache_read_audio);
  out.field("input_cache_read_image", usage.input_cache_read_image);
  out.field("output_text", usage.output_text).field("output_reasoning", usage.output_reasoning);
  out.field("output_audio", usage.output_audio).field("output_image", usage.output_image);
  out.field("web_searches", usage.web_searches).field("images", usage.images);
  out.field("audio_ms", usage.audio_ms).field("characters", usage.characters).endObject();
}

void writeCostBreakdown(json::Writer& out, const model::RequestLog& row) {
  out.key("cost").beginObject().field("priced", isPriced(row));
  out.field("basis", model::priceBasisName(row.basis));
  writeText(out, "service_tier", row.service_tier);
  writeCost(out, "input_usd", row, row.cost_input);
  writeCost(out, "output_usd", row, row.cost_output);
  writeCost(out, "total_usd", row, row.cost_total);
  writeText(out, "catalogue_version", row.catalogue_version);
  out.field("reserved_usd", row.cost_reserved);
  out.field("settlement", model::settlementName(row.settlement));
  writeText(out, "settlement_reason", row.settlement_reason);
  out.endObject();
}

void writeTimings(json::Writer& out, const model::RequestLog& row) {
  out.key("timings").beginObject();
  writeMillis(out, "upstream_connect_ms", row.upstream_connect_us);
  writeMillis(out, "upstream_head_ms", row.upstream_head_us);
  writeMillis(out, "ttft_ms", row.ttft_us);
  writeMillis(out, "total_ms", row.latency_us);
  out.endObject();
}

// A body as JSON where it is; a stream or garbage as a string.
void writeBody(json::Writer& out, std::string_view name, const std::optional<std::string>& body) {
  out.key(name);
  if (!body) {
    out.null();
  } else if (json::validate(*body)) {
    out.raw(*body);
  } else {
    out.value(*body);
  }
}

}  // namespace

void writeLogSummary(json::Writer& out, const model::RequestLog& row) {
  out.beginObject();
  writeWho(out, row);
  writeRoute(out, row);
  writeOutcome(out, row);
  out.endObject();
}

std::string logSummary(const model::RequestLog& row) {
  std::string text;
  json::Writer out(text);
  writeLogSummary(out, row);
  return text;
}

void writeLogDetail(json::Writer& out, const model::RequestLog& row) {
  out.beginObject();
  writeWho(out, row);
  writeRoute(out, row);
  writeOutcome(out, row);
  writeText(out, "traceparent", row.traceparent);
  writeUsage(out, row.usage);
  writeCostBreakdown(out, row);
  writeTimings(out, row);
  out.rawField("trace", trace::decisionOf(row));
  writeBody(out, "request_body", row.request_body);
  writeBody(out, "response_body", row.response_body);
  out.endObject();
}

}  // namespace penstock::manage
