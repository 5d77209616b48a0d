#include "dialect/anthropic_synthetic.h"

#include "base/clock.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

void writeModel(json::Writer& out, const ModelEntry& model) {
  out.beginObject().field("type", "model").field("id", model.id);
  out.field("display_name", model.id).field("created_at", iso8601(model.created * 1000));
  out.endObject();
}

void writeId(json::Writer& out, std::string_view name, std::span<const ModelEntry> one) {
  out.key(name);
  if (one.empty()) {
    out.null();
  } else {
    out.value(one.front().id);
  }
}

}  // namespace

std::string renderAnthropicModel(const ModelEntry& model) {
  std::string body;
  json::Writer out(body);
  writeModel(out, model);
  return body;
}

std::string renderAnthropicModelList(std::span<const ModelEntry> models) {
  std::string body;
  json::Writer out(body);
  out.beginObject().key("data").beginArray();
  for (const ModelEntry& model : models) writeModel(out, model);
  out.endArray().field("has_more", false);
  writeId(out, "first_id", models);
  writeId(out, "last_id", models.empty() ? models : models.last(1));
  out.endObject();
  return body;
}

std::string renderTokenCount(int64_t tokens) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("input_tokens", tokens).endObject();
  return body;
}

}  // namespace penstock::dialect
