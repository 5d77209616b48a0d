// {"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"…"}]},
//   "taskType":"RETRIEVAL_DOCUMENT","title":"…","outputDimensionality":256}]} →
//   {"embeddings":[{"values":[…]}],"usageMetadata":{"promptTokenCount":4}}
// One of these requests by itself → {"embedding":{"values":[…]}}
// {"instances":[{"content":"…","task_type":"RETRIEVAL_DOCUMENT","title":"…"}],
//   "parameters":{"outputDimensionality":256}} →
//   {"predictions":[{"embeddings":{"values":[…],"statistics":{"token_count":4}}}]}
#include "dialect/gemini_embeddings.h"

#include <utility>
#include <vector>

#include "dialect/gemini_wire.h"
#include "dialect/usage_counts.h"
#include "dialect/vector_fit.h"
#include "dialect/vector_text.h"
#include "json/document.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

void writeEntry(json::Writer& out, const EmbeddingInput& input, std::string_view model,
                std::optional<int64_t> dimensions) {
  out.beginObject().field("model", resourceName(model)).key("content").beginObject();
  out.key("parts").beginArray().beginObject().field("text", input.text).endObject().endArray();
  out.endObject();
  if (!input.task.empty()) out.field("taskType", input.task);
  if (!input.title.empty()) out.field("title", input.title);
  if (dimensions) out.field("outputDimensionality", *dimensions);
  out.endObject();
}

void writeInstances(json::Writer& out, const std::vector<EmbeddingInput>& inputs,
                    std::optional<int64_t> dimensions) {
  out.beginObject().key("instances").beginArray();
  for (const EmbeddingInput& input : inputs) {
    out.beginObject().field("content", input.text);
    if (!input.task.empty()) out.field("task_type", input.task);
    if (!input.title.empty()) out.field("title", input.title);
    out.endObject();
  }
  out.endArray();
  if (dimensions) {
    out.key("parameters").beginObject().field("outputDimensionality", *dimensions).endObject();
  }
  out.endObject();
}

void count(const std::optional<json::ValueRef>& tokens, model::Usage& usage) {
  const auto number = tokens ? tokens->asDouble() : std::nullopt;
  if (!number) return;
  usage.source = model::Usage::Source::Provider;
  usage.input_uncached += boundedCount(*number);
}

// {"values":[…],"statistics":{"token_count":4}}; false: it is no vector.
bool readEntry(json::ValueRef entry, EmbeddingAnswer& answer) {
  const auto values = entry.find("values");
  auto vector = values && values->isArray() ? vectorOf(*values) : std::nullopt;
  if (!vector || vector->empty()) return false;
  answer.vectors.push_back(*std::move(vector));
  const auto statistics = entry.find("statistics");
  count(statistics ? statistics->find("token_count") : std::nullopt, answer.usage);
  return true;
}

bool readEntries(json::ValueRef root, GeminiEmbedding way, EmbeddingAnswer& answer) {
  if (way == GeminiEmbedding::EmbedContent) {
    const auto one = root.find("embedding");
    return one && readEntry(*one, answer);
  }
  const bool predict = way == GeminiEmbedding::Predict;
  const auto list = root.find(predict ? "predictions" : "embeddings");
  if (!list || !list->isArray()) return false;
  for (const json::ValueRef entry : list->elements()) {
    const auto vector = predict ? entry.find("embeddings") : std::optional(entry);
    if (!vector || !readEntry(*vector, answer)) return false;
  }
  return !answer.vectors.empty();
}

}  // namespace

std::string writeGeminiEmbeddings(const EmbeddingRequest& request, GeminiEmbedding way,
                                  std::string_view model, std::optional<int64_t> dimensions,
                                  Losses& losses) {
  losses.dropExtras(request.extras, request.place);
  if (!dimensions) dimensions = request.dimensions;
  std::string body;
  json::Writer out(body);
  switch (way) {
    case GeminiEmbedding::Predict: writeInstances(out, request.inputs, dimensions); break;
    case GeminiEmbedding::EmbedContent:
      writeEntry(out, request.inputs.front(), model, dimensions);
      break;
    case GeminiEmbedding::BatchEmbedContents:
      out.beginObject().key("requests").beginArray();
      for (const EmbeddingInput& input : request.inputs) writeEntry(out, input, model, dimensions);
      out.endArray().endObject();
      break;
  }
  return body;
}

Result<EmbeddingAnswer> readGeminiVectors(GeminiEmbedding way, std::string_view body) {
  const auto document = json::parse(body);
  EmbeddingAnswer answer;
  if (!document || !readEntries(document->root(), way, answer)) {
    return ApiError{ErrorKind::UpstreamFailed, "invalid_response",
                    "the provider answered without vectors"};
  }
  const auto usage = memberOf(document->root(), "usageMetadata");
  count(usage ? memberOf(*usage, "promptTokenCount") : std::nullopt, answer.usage);
  return answer;
}

std::string renderGeminiVectors(const EmbeddingAnswer& answer, GeminiEmbedding way) {
  std::string body;
  json::Writer out(body);
  const bool one = way == GeminiEmbedding::EmbedContent;
  out.beginObject().key(one ? "embedding" : "embeddings");
  if (!one) out.beginArray();
  for (const std::vector<float>& vector : answer.vectors) {
    out.beginObject().rawField("values", numbersOf(vector)).endObject();
  }
  if (!one) out.endArray();
  if (answer.usage.source != model::Usage::Source::None) {
    out.key("usageMetadata").beginObject();
    out.field("promptTokenCount", answer.usage.input()).endObject();
  }
  out.endObject();
  return body;
}

Status fitGeminiEmbeddings(std::string& body, int64_t dimensions, std::string_view model) {
  VectorFit fit("values", dimensions, model);
  json::ObjectIndex index;
  const bool scanned = json::scanObject(body, index).has_value();
  const json::Member* one = scanned ? index.find("embedding") : nullptr;
  const json::Member* list = scanned ? index.find("embeddings") : nullptr;
  if (one != nullptr) {
    fit.add(one->value);
  } else if (list != nullptr && list->kind == json::Kind::Array) {
    json::forEachElement(list->value, [&](std::string_view element) { return fit.add(element); });
  }
  if (auto error = fit.error()) return *std::move(error);
  if (!fit.shortened()) return Unit{};
  json::Splicer splicer(index);
  const json::Member* fitted = one != nullptr ? one : list;
  splicer.replaceValue(static_cast<size_t>(fitted - &index[0]),
                       one != nullptr ? fit.elements() : "[" + fit.elements() + "]");
  body = splicer.build().str();
  return Unit{};
}

}  // namespace penstock::dialect
