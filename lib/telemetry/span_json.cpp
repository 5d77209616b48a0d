// {"resourceSpans":[{
//   "resource":{"attributes":[…]},
//   "scopeSpans":[{"scope":{"name":"penstock","version":"0.1.0"},"spans":[
//     {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
//      "parentSpanId":"00f067aa0ba902b7","flags":769,"name":"chat @default","kind":2,
//      "startTimeUnixNano":"1800000000000000000","endTimeUnixNano":"1800000000250000000",
//      "attributes":[…],"status":{"code":2}}]}]}]}
//
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in hex, 64-bit numbers as
// strings, enumerators as numbers.
#include "telemetry/span_json.h"

#include <array>
#include <string_view>
#include <utility>

#include "json/writer.h"
#include "telemetry/attributes.h"
#include "telemetry/trace_context.h"

namespace penstock::telemetry {
namespace {

using Names = std::pair<std::string_view, std::string_view>;  // ours, the convention's

constexpr int kServerKind = 2;
constexpr int kClientKind = 3;
constexpr int kErrorStatus = 2;
// opentelemetry.proto.trace.v1.SpanFlags: whether the parent is another process's is known, and is.
constexpr int kParentKnown = 0x100;
constexpr int kParentRemote = 0x200;

// Vendors that the conventions name otherwise; all others are called the same.
constexpr std::array<Names, 7> kProviders = {{
    {"google", "gcp.gemini"},
    {"vertex", "gcp.vertex_ai"},
    {"azure", "azure.ai.openai"},
    {"azure_openai", "azure.ai.openai"},
    {"bedrock", "aws.bedrock"},
    {"mistral", "mistral_ai"},
    {"xai", "x_ai"},
}};
constexpr std::array<Names, 3> kOperations = {{
    {"chat.completions", "chat"},
    {"responses", "chat"},
    {"messages", "chat"},
}};

template <size_t N>
std::string_view conventional(const std::array<Names, N>& table, std::string_view name) {
  for (const auto& [ours, theirs] : table) {
    if (ours == name) return theirs;
  }
  return name;
}

double seconds(int64_t micros) { return static_cast<double>(micros) / 1e6; }

// What all spans have. `begin_us` counts from the request's arrival.
struct SpanHead {
  std::string_view span_id;
  std::string_view parent_span_id;
  int flags = 0;
  std::string name;
  int kind = 0;
  int64_t begin_us = 0;
  int64_t duration_us = 0;
};

class SpanWriter {
 public:
  SpanWriter(json::Writer& writer, const SpanOptions& options)
      : writer_(writer), options_(options) {}

  void write(const model::RequestLog& row) {
    operation_ = conventional(kOperations, row.endpoint);
    writeRequest(row);
    for (size_t i = 0; i < row.attempt_log.size(); ++i) writeAttempt(row, i);
  }

 private:
  void writeRequest(const model::RequestLog& row) {
    const bool remote = !row.parent_span_id.empty();
    beginSpan(row, {.span_id = spanIdOf(row.traceparent),
                    .parent_span_id = row.parent_span_id,
                    .flags = kParentKnown | (remote ? kParentRemote : 0),
                    .name = spanName(row.requested_model),
                    .kind = kServerKind,
                    .duration_us = row.latency_us});
    {
      AttributeList list(writer_);
      addGenAi(list, row);
      addPenstock(list, row);
    }
    // As for all HTTP servers: what the caller did wrong is no error of ours.
    endSpan(row.status >= 500);
  }

  void addGenAi(AttributeList& list, const model::RequestLog& row) const {
    list.text("gen_ai.operation.name", operation_);
    list.text("gen_ai.provider.name", conventional(kProviders, row.provider));
    list.text("gen_ai.request.model", row.requested_model);
    list.text("gen_ai.response.model", row.model);
    list.text("gen_ai.conversation.id", row.conversation_id);
    if (row.stream) list.yes("gen_ai.request.stream");
    if (row.stream && row.ttft_us >= 0) {
      list.real("gen_ai.response.time_to_first_chunk", seconds(row.ttft_us));
    }
    addUsage(list, row.usage);
    if (row.status != 0) list.integer("http.response.status_code", row.status);
    list.text("error.type", row.error_class);
    if (options_.end_user == EndUser::Include) list.text("enduser.id", row.end_user);
  }

  // Parts are included in the totals, as the conventions want it.
  static void addUsage(AttributeList& list, const model::Usage& usage) {
    if (usage.source == model::Usage::Source::None) return;
    const auto part = [&list](std::string_view key, int64_t tokens) {
      if (tokens > 0) list.integer(key, tokens);
    };
    list.integer("gen_ai.usage.input_tokens", usage.input());
    list.integer("gen_ai.usage.output_tokens", usage.output());
    part("gen_ai.usage.cache_read.input_tokens",
         usage.input_cache_read + usage.input_cache_read_audio + usage.input_cache_read_image);
    part("gen_ai.usage.cache_write.input_tokens",
         usage.input_cache_write + usage.input_cache_write_1h);
    part("gen_ai.usage.reasoning.output_tokens", usage.output_reasoning);
    if (usage.source == model::Usage::Source::Estimated) list.yes("penstock.usage.estimated");
  }

  static void addPenstock(AttributeList& list, const model::RequestLog& row) {
    list.text("penstock.request.id", row.request_id);
    list.text("penstock.project.id", row.project_id);
    list.text("penstock.provider.id", row.provider_id);
    list.text("penstock.routing.config.id", row.routing_config_id);
    if (!row.routing_config_id.empty()) {
      list.integer("penstock.routing.config.version", row.routing_config_version);
    }
    list.text("penstock.routing.resolved", row.resolved);
    list.text("penstock.routing.ab_variant", row.ab_variant);
    list.integer("penstock.attempts", row.attempts);
    if (row.fromCache()) list.yes("penstock.cache.hit");
    list.real("penstock.cost_usd", row.cost_total);
    if (row.settlement != model::Settlement::None) {
      list.text("penstock.budget.settlement", model::settlementName(row.settlement));
      list.real("penstock.budget.reserved_usd", row.cost_reserved);
    }
  }

  void writeAttempt(const model::RequestLog& row, size_t index) {
    const model::Attempt& attempt = row.attempt_log[index];
    const std::string_view request_span_id = spanIdOf(row.traceparent);
    const std::string span_id = attemptSpanId(request_span_id, index);
    beginSpan(row, {.span_id = span_id,
                    .parent_span_id = request_span_id,
                    .flags = kParentKnown,
                    .name = spanName(attempt.model),
                    .kind = kClientKind,
                    .begin_us = attempt.offset_us,
                    .duration_us = attempt.latency_us});
    {
      AttributeList list(writer_);
      addGenAi(list, attempt, row.stream);
      addPenstock(list, attempt, index);
    }
    // One that we gave up ourselves says nothing bad about the provider.
    endSpan(attempt.status != "ok" && attempt.status != "cancelled");
  }

  void addGenAi(AttributeList& list, const model::Attempt& attempt, bool stream) const {
    list.text("gen_ai.operation.name", operation_);
    list.text("gen_ai.provider.name", conventional(kProviders, attempt.provider));
    list.text("gen_ai.request.model", attempt.model);
    if (stream) list.yes("gen_ai.request.stream");
    if (stream && attempt.first_token_us >= 0) {
      list.real("gen_ai.response.time_to_first_chunk", seconds(attempt.first_token_us));
    }
    if (attempt.input_tokens > 0 || attempt.output_tokens > 0) {
      list.integer("gen_ai.usage.input_tokens", attempt.input_tokens);
      list.integer("gen_ai.usage.output_tokens", attempt.output_tokens);
    }
    if (attempt.http_status != 0) list.integer("http.response.status_code", attempt.http_status);
    if (attempt.status != "ok") list.text("error.type", attempt.status);
  }

  static void addPenstock(AttributeList& list, const model::Attempt& attempt, size_t index) {
    list.integer("penstock.attempt.number", static_cast<int64_t>(index) + 1);
    list.text("penstock.provider.id", attempt.provider_id);
    list.text("penstock.upstream.request_id", attempt.upstream_request_id);
    if (attempt.connect_us >= 0) {
      list.real("penstock.upstream.connect_seconds", seconds(attempt.connect_us));
    }
    if (attempt.head_us >= 0) {
      list.real("penstock.upstream.head_seconds", seconds(attempt.head_us));
    }
    list.real("penstock.cost_usd", attempt.cost);
    if (attempt.hedge) list.yes("penstock.attempt.hedge");
  }

  void beginSpan(const model::RequestLog& row, const SpanHead& head) {
    const int64_t begin = row.created_at * 1'000'000 + head.begin_us * 1000;
    const bool sampled = isSampled(row.traceparent);
    writer_.beginObject().field("traceId", traceIdOf(row.traceparent));
    writer_.field("spanId", head.span_id);
    if (!head.parent_span_id.empty()) writer_.field("parentSpanId", head.parent_span_id);
    writer_.field("flags", head.flags | (sampled ? 1 : 0));
    writer_.field("name", head.name).field("kind", head.kind);
    writer_.field("startTimeUnixNano", std::to_string(begin));
    writer_.field("endTimeUnixNano", std::to_string(begin + head.duration_us * 1000));
  }

  // The status of a span that is no error is left unset, also by the conventions.
  void endSpan(bool failed) {
    if (failed) writer_.key("status").beginObject().field("code", kErrorStatus).endObject();
    writer_.endObject();
  }

  std::string spanName(std::string_view model) const {
    std::string name(operation_);
    if (!model.empty()) name.append(" ").append(model);
    return name;
  }

  json::Writer& writer_;
  const SpanOptions& options_;
  std::string_view operation_;  // of the row being written
};

}  // namespace

std::string renderSpans(std::span<const model::RequestLog> rows, const SpanOptions& options) {
  constexpr size_t kUsualBytes = 2048;
  std::string out;
  out.reserve(kUsualBytes * (rows.size() + 1));
  json::Writer writer(out);
  writer.beginObject().key("resourceSpans").beginArray().beginObject();
  writer.key("resource").beginObject();
  {
    AttributeList resource(writer);
    resource.text("service.name", options.service_name);
    resource.text("service.version", PENSTOCK_VERSION);
  }
  writer.endObject().key("scopeSpans").beginArray().beginObject();
  writer.key("scope").beginObject().field("name", "penstock");
  writer.field("version", PENSTOCK_VERSION).endObject();
  writer.key("spans").beginArray();
  SpanWriter spans(writer, options);
  for (const model::RequestLog& row : rows) spans.write(row);
  writer.endArray().endObject().endArray().endObject().endArray().endObject();
  return out;
}

}  // namespace penstock::telemetry
