#include "demo/embeddings.h"

#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "demo/answer.h"
#include "demo/delivery.h"
#include "demo/fields.h"
#include "demo/models.h"
#include "demo/tokenizer.h"
#include "demo/vector.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr size_t kMaxInputs = 2'048;
constexpr uint64_t kMaxTokens = 300'000;   // of all inputs
constexpr size_t kMaxNumbers = 1'048'576;  // of all vectors: the loop makes them in one go

enum class Encoding : uint8_t { Float, Base64 };

struct EmbeddingRequest {
  std::string model;
  Faults faults;
  std::vector<std::string> inputs;
  uint64_t tokens = 0;
  size_t dimensions = kDefaultDimensions;
  Encoding encoding = Encoding::Float;
};

bool isTokenArray(json::ValueRef value) {
  return value.isArray() && value.size() > 0 && value.at(0).kind() == json::Kind::Number;
}

// Token ids have no text here: their decimal form stands in, one token each.
Status addTokens(json::ValueRef ids, EmbeddingRequest& request) {
  std::string text;
  for (json::ValueRef id : ids.elements()) {
    auto number = id.getInt();
    if (!number) return std::move(number).error();
    text += fmt::format("{} ", *number);
  }
  request.tokens += ids.size();
  request.inputs.push_back(std::move(text));
  return Unit{};
}

Status addInput(json::ValueRef value, EmbeddingRequest& request) {
  if (isTokenArray(value)) return addTokens(value, request);
  auto text = value.getString();
  if (!text) return std::move(text).error();
  if (text->empty()) {
    return invalidRequest("invalid_value", "An input cannot be an empty string.", value.pointer());
  }
  request.tokens += countTokens(*text);
  request.inputs.emplace_back(*text);
  return Unit{};
}

Status readInput(json::ValueRef root, EmbeddingRequest& request) {
  auto input = root.get("input");
  if (!input) return std::move(input).error();
  if (!input->isArray() || isTokenArray(*input)) return addInput(*input, request);
  if (input->size() == 0 || input->size() > kMaxInputs) {
    return invalidRequest("invalid_value",
                          fmt::format("'input' must have 1 to {} elements.", kMaxInputs),
                          input->pointer());
  }
  for (json::ValueRef item : input->elements()) {
    if (Status status = addInput(item, request); !status) return status;
  }
  if (request.tokens <= kMaxTokens) return Unit{};
  return invalidRequest(
      "invalid_value",
      fmt::format("'input' has {} tokens in all; the most is {}.", request.tokens, kMaxTokens),
      input->pointer());
}

Status readEncoding(json::ValueRef root, EmbeddingRequest& request) {
  const auto format = findField(root, "encoding_format");
  if (!format || format->asString() == "float") return Unit{};
  if (format->asString() != "base64") {
    return invalidRequest("invalid_value", "'encoding_format' must be float or base64.",
                          format->pointer());
  }
  request.encoding = Encoding::Base64;
  return Unit{};
}

Result<EmbeddingRequest> readRequest(json::ValueRef root) {
  auto model = readModel(root);
  if (!model) return std::move(model).error();
  if (Status known = checkModel(model->base, kEmbeddingModel); !known) {
    return std::move(known).error();
  }
  EmbeddingRequest request;
  request.model = std::move(model->base);
  request.faults = model->faults;
  std::optional<uint64_t> dimensions;
  for (Status status : {readInput(root, request), readEncoding(root, request),
                        readCount(root, "dimensions", 1, kMaxDimensions, dimensions)}) {
    if (!status) return std::move(status).error();
  }
  request.dimensions = dimensions.value_or(kDefaultDimensions);
  if (request.inputs.size() * request.dimensions <= kMaxNumbers) return request;
  return invalidRequest(
      "invalid_value",
      fmt::format("{} inputs of {} dimensions are too many numbers; the most is {}.",
                  request.inputs.size(), request.dimensions, kMaxNumbers),
      "/dimensions");
}

void writeVector(std::string& body, const std::vector<float>& vector) {
  char open = '[';
  for (const float x : vector) {
    fmt::format_to(std::back_inserter(body), "{}{}", open, x);
    open = ',';
  }
  body += ']';
}

void writeUsage(json::Writer& writer, const EmbeddingRequest& request) {
  if (request.faults.usage == Faults::Usage::Withheld) return;
  writer.key("usage").beginObject().field("prompt_tokens", request.tokens);
  writer.field("total_tokens", request.tokens).endObject();
}

std::string embeddingsBody(const EmbeddingRequest& request) {
  std::string body;
  json::Writer writer(body);
  writer.beginObject().field("object", "list").key("data").beginArray();
  for (size_t i = 0; i < request.inputs.size(); ++i) {
    const auto vector = embedText(request.inputs[i], request.dimensions);
    writer.beginObject().field("object", "embedding").field("index", i).key("embedding");
    if (request.encoding == Encoding::Base64) {
      writer.value(base64Floats(vector));
    } else {
      std::string numbers;
      writeVector(numbers, vector);
      writer.raw(numbers);
    }
    writer.endObject();
  }
  writer.endArray().field("model", request.model);
  writeUsage(writer, request);
  writer.endObject();
  return body;
}

Result<EmbeddingRequest> parseRequest(std::string_view body) {
  auto document = json::parse(body, {}, "the request body");
  if (!document) return std::move(document).error();
  return readRequest(document->root());
}

}  // namespace

void answerEmbeddings(const http::ExchangePtr& exchange) {
  const auto request = parseRequest(exchange->request().body);
  if (!request) return exchange->respond(errorAnswer(request.error()));
  exchange->releaseRequest();
  deliver(exchange, request->faults, jsonAnswer(embeddingsBody(*request)), request->tokens);
}

http::Response wholeEmbeddings(std::string_view body) {
  const auto request = parseRequest(body);
  if (!request) return errorAnswer(request.error());
  if (request->faults.status) return faultAnswer(*request->faults.status);
  return jsonAnswer(embeddingsBody(*request));
}

}  // namespace penstock::demo
