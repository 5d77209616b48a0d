#include "dialect/openai_synthetic.h"

#include "json/writer.h"

namespace penstock::dialect {
namespace {

void writeHead(json::Writer& out, const DryRun& run, std::string_view object) {
  out.beginObject().field("id", run.id).field("object", object).field("created", run.created);
  out.field("model", run.model).key("choices").beginArray().beginObject().field("index", 0);
}

void writeTail(json::Writer& out, const DryRun& run) {
  out.key("logprobs").null().field("finish_reason", "stop").endObject().endArray();
  if (!run.trace.empty()) out.rawField("mlx:trace", run.trace);
  out.field("mlx:dry_run", true);
}

void writeModel(json::Writer& out, const ModelEntry& model) {
  out.beginObject().field("id", model.id).field("object", "model").field("created", model.created);
  out.field("owned_by", model.owned_by).endObject();
}

}  // namespace

std::string renderDryRun(const DryRun& run) {
  std::string body;
  json::Writer out(body);
  writeHead(out, run, "chat.completion");
  out.rawField("message", R"({"role":"assistant","content":"","refusal":null})");
  writeTail(out, run);
  out.rawField("usage", R"({"prompt_tokens":0,"completion_tokens":0,"total_tokens":0})");
  out.endObject();
  return body;
}

std::string renderDryRunStream(const DryRun& run) {
  std::string stream = "data: ";
  json::Writer out(stream);
  writeHead(out, run, "chat.completion.chunk");
  out.rawField("delta", R"({"role":"assistant","content":""})");
  writeTail(out, run);
  out.endObject();
  return stream + "\n\ndata: [DONE]\n\n";
}

std::string renderModel(const ModelEntry& model) {
  std::string body;
  json::Writer out(body);
  writeModel(out, model);
  return body;
}

std::string renderModelList(std::span<const ModelEntry> models) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("object", "list").key("data").beginArray();
  for (const ModelEntry& model : models) writeModel(out, model);
  out.endArray().endObject();
  return body;
}

}  // namespace penstock::dialect
