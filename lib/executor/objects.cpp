#include "executor/objects.h"

#include <optional>

#include "json/writer.h"

namespace penstock::executor {
namespace {

using model::BatchStatus;
using model::LocalBatch;

void writeSeconds(json::Writer& out, std::string_view key, std::optional<UnixMillis> at) {
  out.key(key);
  if (at)
    out.value(*at / 1000);
  else
    out.null();
}

void writeTime(json::Writer& out, std::string_view key, std::optional<UnixMillis> at) {
  out.key(key);
  if (at)
    out.value(iso8601(*at));
  else
    out.null();
}

std::string renderOpenAi(const LocalBatch& batch, Outputs outputs) {
  std::string text;
  json::Writer out(text);
  const auto ended = [&](BatchStatus as) {
    return batch.status == as ? batch.ended_at : std::nullopt;
  };
  const auto named = [&](bool there, const std::string& name) {
    return batch.over() && there ? std::optional(name) : std::nullopt;
  };
  out.beginObject().field("id", batch.id).field("object", "batch");
  out.field("endpoint", batch.endpoint).key("errors");
  if (batch.errors == "[]")
    out.null();
  else
    out.beginObject().field("object", "list").rawField("data", batch.errors).endObject();
  out.field("input_file_id", batch.input_file_id).field("completion_window", batch.window);
  out.field("status", model::batchStatusName(batch.status));
  out.field("output_file_id", named(outputs.output, batch.output_name));
  out.field("error_file_id", named(outputs.errors, batch.error_name));
  out.field("created_at", batch.created_at / 1000);
  writeSeconds(out, "in_progress_at", batch.in_progress_at);
  writeSeconds(out, "expires_at", batch.expires_at);
  writeSeconds(out, "finalizing_at", batch.finalizing_at);
  writeSeconds(out, "completed_at", ended(BatchStatus::Completed));
  writeSeconds(out, "failed_at", ended(BatchStatus::Failed));
  writeSeconds(out, "expired_at", ended(BatchStatus::Expired));
  writeSeconds(out, "cancelling_at", batch.cancelling_at);
  writeSeconds(out, "cancelled_at", ended(BatchStatus::Cancelled));
  out.key("request_counts").beginObject().field("total", batch.total);
  out.field("completed", batch.succeeded);
  out.field("failed", batch.errored + batch.canceled + batch.expired).endObject();
  out.rawField("metadata", batch.metadata.empty() ? "null" : batch.metadata).endObject();
  return text;
}

// Requests are counted as under way until all of them are over, as Anthropic does.
std::string renderAnthropic(const LocalBatch& batch) {
  std::string text;
  json::Writer out(text);
  const bool over = batch.over();
  out.beginObject().field("id", batch.id).field("type", "message_batch");
  out.field("processing_status", shownStatus(batch)).key("request_counts").beginObject();
  out.field("processing", over ? 0 : batch.total).field("succeeded", over ? batch.succeeded : 0);
  out.field("errored", over ? batch.errored : 0).field("canceled", over ? batch.canceled : 0);
  out.field("expired", over ? batch.expired : 0).endObject();
  writeTime(out, "ended_at", batch.ended_at);
  writeTime(out, "created_at", batch.created_at);
  writeTime(out, "expires_at", batch.expires_at);
  out.key("archived_at").null();
  writeTime(out, "cancel_initiated_at", batch.cancelling_at);
  out.key("results_url");
  if (over)
    out.value("/v1/messages/batches/" + batch.id + "/results");  // callers are told the whole of it
  else
    out.null();
  out.endObject();
  return text;
}

std::string renderAnthropicFile(const FileFacts& file) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("id", file.id).field("type", "file").field("filename", file.name);
  out.field("mime_type", file.media_type).field("size_bytes", file.bytes);
  writeTime(out, "created_at", file.created_at);
  writeTime(out, "expires_at", file.expires_at);
  out.field("downloadable", true).endObject();
  return text;
}

}  // namespace

std::string renderFile(const FileFacts& file) {
  if (file.surface == model::ObjectSurface::Anthropic) return renderAnthropicFile(file);
  std::string text;
  json::Writer out(text);
  out.beginObject().field("id", file.id).field("object", "file").field("bytes", file.bytes);
  out.field("created_at", file.created_at / 1000).field("expires_at", file.expires_at / 1000);
  out.field("filename", file.name).field("purpose", file.purpose);
  if (!file.media_type.empty()) out.field("mime_type", file.media_type);
  out.field("status", "processed").key("status_details").null().endObject();
  return text;
}

std::string renderBatch(const LocalBatch& batch, Outputs outputs) {
  return batch.surface == model::ObjectSurface::OpenAi ? renderOpenAi(batch, outputs)
                                                       : renderAnthropic(batch);
}

std::string_view shownStatus(const LocalBatch& batch) {
  if (batch.surface == model::ObjectSurface::OpenAi) return model::batchStatusName(batch.status);
  if (batch.over()) return "ended";
  return batch.cancelling_at ? "canceling" : "in_progress";
}

}  // namespace penstock::executor
