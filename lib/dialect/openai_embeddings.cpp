// {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]},
//   {"object":"embedding","index":1,"embedding":"mpkZP83MTD8="}],"model":"…","usage":{…}}
#include "dialect/openai_embeddings.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialect/openai_usage.h"
#include "dialect/vector_fit.h"
#include "dialect/vector_text.h"
#include "json/document.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// The name may be another seller's, who puts its maker before it: "openai/text-embedding-3-small".
bool takesDimensions(std::string_view model) {
  return !asciiLower(model.substr(model.rfind('/') + 1)).starts_with("text-embedding-ada-002");
}

bool wantsBase64(const OpenAiRequest& request) {
  const json::Member* format = request.body.find("encoding_format");
  return format != nullptr && json::rawString(format->value) == "base64";
}

// False: there is anything but texts among them.
bool readTexts(std::string_view input, std::vector<EmbeddingInput>& inputs) {
  if (json::rawKind(input) == json::Kind::String) {
    inputs.push_back({.text = json::rawString(input).value_or("")});
    return true;
  }
  bool all = true;
  json::forEachElement(input, [&](std::string_view element) {
    auto text = json::rawString(element);
    all = text.has_value();
    if (text) inputs.push_back({.text = *std::move(text)});
    return all;
  });
  return all;
}

ApiError noVectors() {
  return {ErrorKind::UpstreamFailed, "invalid_response", "the provider answered without vectors"};
}

// What a text says to Google's models beside itself: there is no place for it here.
void dropHints(const EmbeddingRequest& request, Losses& losses) {
  for (const EmbeddingInput& input : request.inputs) {
    if (!input.task.empty()) losses.dropExtras({{"taskType", "1"}}, request.place);
    if (!input.title.empty()) losses.dropExtras({{"title", "1"}}, request.place);
  }
  losses.dropExtras(request.extras, request.place);
}

}  // namespace

json::Spliced encodeOpenAiEmbeddings(const OpenAiRequest& request, std::string_view model,
                                     std::optional<int64_t> dimensions) {
  const bool takes = takesDimensions(model);
  bool has = false;
  json::Splicer splicer(request.body);
  for (size_t i = 0; i < request.body.size(); ++i) {
    const json::Member& member = request.body[i];
    const bool asks = member.key == "dimensions";
    has = has || asks;
    if (member.key == "model") {
      splicer.replaceValue(i, json::quoted(model));
    } else if (member.key.starts_with("mlx:") || (asks && !takes)) {
      splicer.removeMember(i);
    } else if (asks && dimensions) {
      splicer.replaceValue(i, std::to_string(*dimensions));
    }
  }
  if (dimensions && takes && !has) {
    splicer.appendMember("dimensions", std::to_string(*dimensions));
  }
  return splicer.build();
}

Result<EmbeddingRequest> readOpenAiEmbeddings(const OpenAiRequest& request) {
  static constexpr std::string_view kKnown[] = {"model", "input", "dimensions", "encoding_format",
                                                "user"};
  EmbeddingRequest read;
  if (!readTexts(request.content, read.inputs)) {
    return invalidRequest("unsupported_parameter",
                          "Google's models embed texts, not lists of tokens.", "input");
  }
  read.dimensions = request.dimensions;
  if (wantsBase64(request)) read.format = EmbeddingRequest::Format::Base64;
  for (const json::Member& member : request.body) {
    const bool known = std::ranges::find(kKnown, member.key) != std::end(kKnown);
    if (known || member.key.starts_with("mlx:")) continue;
    read.extras.push_back({std::string(member.key), std::string(member.value)});
  }
  return read;
}

std::string writeOpenAiEmbeddings(const EmbeddingRequest& request, std::string_view model,
                                  std::optional<int64_t> dimensions, Losses& losses) {
  dropHints(request, losses);
  const bool takes = takesDimensions(model);
  if (!takes && request.dimensions)
    losses.dropExtras({{"outputDimensionality", "1"}}, request.place);
  if (!dimensions) dimensions = request.dimensions;
  std::string body;
  json::Writer out(body);
  out.beginObject().field("model", model).key("input").beginArray();
  for (const EmbeddingInput& input : request.inputs) out.value(input.text);
  out.endArray();
  if (dimensions && takes) out.field("dimensions", *dimensions);
  out.endObject();
  return body;
}

Result<EmbeddingAnswer> readOpenAiVectors(std::string_view body) {
  const auto document = json::parse(body);
  const auto list = document ? document->root().find("data") : std::nullopt;
  if (!list || !list->isArray() || list->size() == 0) return noVectors();
  EmbeddingAnswer answer;
  answer.vectors.resize(list->size());
  size_t place = 0;
  for (const json::ValueRef entry : list->elements()) {
    const auto at = static_cast<size_t>(entry.intAt("index").value_or(static_cast<int64_t>(place)));
    const auto raw = entry.find("embedding");
    auto vector = raw ? vectorOf(*raw) : std::nullopt;
    // An index that is out of range, or twice there, leaves another vector out.
    if (!vector || vector->empty() || at >= answer.vectors.size() || !answer.vectors[at].empty())
      return noVectors();
    answer.vectors[at] = *std::move(vector);
    ++place;
  }
  OpenAiResponse said = readOpenAiResponse(body);
  answer.usage = said.usage;
  answer.model = std::move(said.model);
  return answer;
}

std::string renderOpenAiVectors(const EmbeddingAnswer& answer, EmbeddingRequest::Format format,
                                std::string_view model, int64_t tokens) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("object", "list").key("data").beginArray();
  int64_t index = 0;
  for (const std::vector<float>& given : answer.vectors) {
    std::vector<float> vector = given;
    bringToLengthOne(vector);
    const bool base64 = format == EmbeddingRequest::Format::Base64;
    out.beginObject().field("object", "embedding").field("index", index++);
    out.rawField("embedding", base64 ? base64Of(vector) : numbersOf(vector)).endObject();
  }
  out.endArray().field("model", answer.model.empty() ? model : answer.model);
  out.key("usage").beginObject().field("prompt_tokens", tokens).field("total_tokens", tokens);
  out.endObject().endObject();
  return body;
}

Status fitEmbeddings(std::string& body, int64_t dimensions, std::string_view model) {
  VectorFit fit("embedding", dimensions, model);
  json::ObjectIndex index;
  const json::Member* data = json::scanObject(body, index) ? index.find("data") : nullptr;
  if (data != nullptr && data->kind == json::Kind::Array) {
    json::forEachElement(data->value, [&](std::string_view element) { return fit.add(element); });
  }
  if (auto error = fit.error()) return *std::move(error);
  if (!fit.shortened()) return Unit{};
  json::Splicer splicer(index);
  splicer.replaceValue(static_cast<size_t>(data - &index[0]), "[" + fit.elements() + "]");
  body = splicer.build().str();
  return Unit{};
}

}  // namespace penstock::dialect
