// {"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"…"}]},
//   "outputDimensionality":256}]} → {"embeddings":[{"values":[…]}]}
// {"instances":[{"content":"…"}],"parameters":{"outputDimensionality":256}} →
//   {"predictions":[{"embeddings":{"values":[…],"statistics":{"token_count":4}}}]}
#include "dialect/gemini_embeddings.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "dialect/vector_text.h"
#include "json/document.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// The texts to embed; nothing when there is anything else among them.
std::optional<std::vector<std::string>> textsOf(std::string_view input) {
  std::vector<std::string> texts;
  if (json::rawKind(input) == json::Kind::String) {
    texts.push_back(json::rawString(input).value_or(""));
    return texts;
  }
  bool all = true;
  json::forEachElement(input, [&](std::string_view element) {
    auto text = json::rawString(element);
    all = text.has_value();
    if (text) texts.push_back(*std::move(text));
    return all;
  });
  return all ? std::optional(std::move(texts)) : std::nullopt;
}

void writeBatch(json::Writer& out, const std::vector<std::string>& texts, std::string_view model,
                std::optional<int64_t> dimensions) {
  const std::string name =
      model.starts_with("models/") ? std::string(model) : "models/" + std::string(model);
  out.beginObject().key("requests").beginArray();
  for (const std::string& text : texts) {
    out.beginObject().field("model", name).key("content").beginObject().key("parts").beginArray();
    out.beginObject().field("text", text).endObject().endArray().endObject();
    if (dimensions) out.field("outputDimensionality", *dimensions);
    out.endObject();
  }
  out.endArray().endObject();
}

void writePredict(json::Writer& out, const std::vector<std::string>& texts,
                  std::optional<int64_t> dimensions) {
  out.beginObject().key("instances").beginArray();
  for (const std::string& text : texts) out.beginObject().field("content", text).endObject();
  out.endArray();
  if (dimensions) {
    out.key("parameters").beginObject().field("outputDimensionality", *dimensions).endObject();
  }
  out.endObject();
}

bool wantsBase64(const OpenAiRequest& request) {
  const json::Member* format = request.body.find("encoding_format");
  return format != nullptr && json::rawString(format->value) == "base64";
}

// Members of OpenAI's that say something about the vectors, and that Google does not know.
void dropUnknown(const OpenAiRequest& request, Losses& losses) {
  static constexpr std::string_view kKnown[] = {"model", "input", "dimensions", "encoding_format",
                                                "user"};
  Extras unknown;
  for (size_t i = 0; i < request.body.size(); ++i) {
    const json::Member& member = request.body[i];
    if (member.key.starts_with("mlx:") || std::ranges::find(kKnown, member.key) != std::end(kKnown))
      continue;
    unknown.push_back({std::string(member.key), std::string(member.value)});
  }
  losses.dropExtras(unknown);
}

std::optional<std::vector<float>> numbersAt(json::ValueRef entry) {
  const auto values = entry.find("values");
  if (!values || !values->isArray()) return std::nullopt;
  std::vector<float> vector;
  vector.reserve(values->size());
  for (const json::ValueRef number : values->elements()) {
    const auto value = number.asDouble();
    if (!value) return std::nullopt;
    vector.push_back(static_cast<float>(*value));
  }
  return vector;
}

// What is read of an answer, entry by entry.
class Reading {
 public:
  explicit Reading(bool base64) : base64_(base64) {
    out_.beginObject().field("object", "list").key("data").beginArray();
  }

  // False: it is no vector.
  bool add(json::ValueRef entry) {
    auto vector = numbersAt(entry);
    if (!vector || vector->empty()) return false;
    bringToLengthOne(*vector);
    out_.beginObject().field("object", "embedding").field("index", count_++);
    out_.rawField("embedding", base64_ ? base64Of(*vector) : numbersOf(*vector)).endObject();
    const auto statistics = entry.find("statistics");
    const auto tokens = statistics ? statistics->find("token_count") : std::nullopt;
    if (tokens) count(static_cast<int64_t>(tokens->asDouble().value_or(0)));
    return true;
  }

  void count(int64_t tokens) {
    usage_.source = model::Usage::Source::Provider;
    usage_.input_uncached += tokens;
  }

  GeminiVectors finish(const OpenAiRequest& request, std::string_view model) {
    const bool counted = usage_.source != model::Usage::Source::None;
    const int64_t tokens = counted ? usage_.input() : request.estimateInputTokens();
    out_.endArray().field("model", model).key("usage").beginObject();
    out_.field("prompt_tokens", tokens).field("total_tokens", tokens).endObject().endObject();
    return {std::move(text_), usage_};
  }

 private:
  const bool base64_;
  std::string text_;
  json::Writer out_{text_};
  int64_t count_ = 0;
  model::Usage usage_;
};

ApiError noVectors() {
  return {ErrorKind::UpstreamFailed, "invalid_response", "the provider answered without vectors"};
}

}  // namespace

Result<std::string> writeGeminiEmbeddings(const OpenAiRequest& request, GeminiEmbedding way,
                                          std::string_view model, std::optional<int64_t> dimensions,
                                          Losses& losses) {
  const auto texts = textsOf(request.content);
  if (!texts) {
    return invalidRequest("unsupported_parameter",
                          "Google's models embed texts, not lists of tokens.", "input");
  }
  dropUnknown(request, losses);
  if (!dimensions) dimensions = request.dimensions;
  std::string body;
  json::Writer out(body);
  if (way == GeminiEmbedding::Predict) {
    writePredict(out, *texts, dimensions);
  } else {
    writeBatch(out, *texts, model, dimensions);
  }
  return body;
}

Result<GeminiVectors> readGeminiEmbeddings(const OpenAiRequest& request, GeminiEmbedding way,
                                           std::string_view body, std::string_view model) {
  const auto document = json::parse(body);
  if (!document) return noVectors();
  const bool predict = way == GeminiEmbedding::Predict;
  const auto list = document->root().find(predict ? "predictions" : "embeddings");
  if (!list || !list->isArray() || list->size() == 0) return noVectors();
  Reading reading(wantsBase64(request));
  for (const json::ValueRef entry : list->elements()) {
    const auto vector = predict ? entry.find("embeddings") : std::optional(entry);
    if (!vector || !reading.add(*vector)) return noVectors();
  }
  const auto usage = document->root().find("usageMetadata");
  if (const auto tokens = usage ? usage->intAt("promptTokenCount") : std::nullopt) {
    reading.count(*tokens);
  }
  return reading.finish(request, model);
}

}  // namespace penstock::dialect
