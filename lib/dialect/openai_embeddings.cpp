// {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]},
//   {"object":"embedding","index":1,"embedding":"mpkZP83MTD8="}],"model":"…","usage":{…}}
#include "dialect/openai_embeddings.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"
#include "dialect/vector_text.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kFloatBytes = 4;

// As their makers say. Names of the same models elsewhere begin likewise, after a '/'.
constexpr std::string_view kShortening[] = {
    "text-embedding-3-",  "gemini-embedding-",  "voyage-3-large",  "voyage-3.5",
    "voyage-code-3",      "embed-v4",           "cohere-embed-v4", "nomic-embed-text-v1.5",
    "jina-embeddings-v3", "jina-embeddings-v4", "qwen3-embedding", "mxbai-embed-large",
};

// Without who made it: "openai/text-embedding-3-small".
std::string nameOf(std::string_view model) {
  return asciiLower(model.substr(model.rfind('/') + 1));
}

bool takesDimensions(std::string_view model) {
  return !nameOf(model).starts_with("text-embedding-ada-002");
}

ApiError mismatch(std::string message) {
  return {ErrorKind::UpstreamFailed, "embedding_dimensions_mismatch", std::move(message)};
}

// The numbers of a vector; nothing when it is none.
std::optional<std::vector<float>> vectorOf(const json::Member& raw) {
  std::vector<float> vector;
  if (raw.kind == json::Kind::Array) {
    bool numbers = true;
    json::forEachElement(raw.value, [&](std::string_view element) {
      const auto number = json::rawDouble(element);
      numbers = number.has_value();
      if (number) vector.push_back(static_cast<float>(*number));
      return numbers;
    });
    return numbers ? std::optional(std::move(vector)) : std::nullopt;
  }
  const auto text = json::rawString(raw.value);
  const auto bytes = text ? decodeBase64(*text) : std::nullopt;
  if (!bytes || bytes->size() % kFloatBytes != 0) return std::nullopt;
  for (size_t at = 0; at < bytes->size(); at += kFloatBytes) {
    uint32_t bits = 0;
    for (size_t i = kFloatBytes; i-- > 0;) {
      bits = bits << 8 | static_cast<unsigned char>((*bytes)[at + i]);
    }
    vector.push_back(std::bit_cast<float>(bits));
  }
  return vector;
}

// One answer's vectors, each brought to its size.
class Fitting {
 public:
  Fitting(int64_t dimensions, std::string_view model)
      : size_(static_cast<size_t>(dimensions)), model_(model) {}

  // False when it does not fit: see error().
  bool add(std::string_view element) {
    json::ObjectIndex index;
    const json::Member* raw = json::scanObject(element, index) ? index.find("embedding") : nullptr;
    auto vector = raw == nullptr ? std::nullopt : vectorOf(*raw);
    if (!vector) return refuse(fmt::format("model {} answered without a vector", model_));
    if (vector->size() != size_ && (vector->size() < size_ || !shortensWell(model_))) {
      return refuse(fmt::format("model {} answered with {} dimensions where {} are asked for",
                                model_, vector->size(), size_));
    }
    data_ += data_.empty() ? "[" : ",";
    if (vector->size() == size_) {
      data_ += element;
      return true;
    }
    vector->resize(size_);
    bringToLengthOne(*vector);
    json::Splicer splicer(index);
    splicer.replaceValue(static_cast<size_t>(raw - &index[0]),
                         raw->kind == json::Kind::Array ? numbersOf(*vector) : base64Of(*vector));
    data_ += splicer.build().str();
    shortened_ = true;
    return true;
  }

  bool shortened() const { return shortened_; }
  const std::optional<ApiError>& error() const { return error_; }
  std::string data() const { return data_ + "]"; }
  bool empty() const { return data_.empty(); }

 private:
  bool refuse(std::string message) {
    error_ = mismatch(std::move(message));
    return false;
  }

  const size_t size_;
  const std::string_view model_;
  std::string data_;
  bool shortened_ = false;
  std::optional<ApiError> error_;
};

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

bool shortensWell(std::string_view model) {
  const std::string name = nameOf(model);
  return std::ranges::any_of(kShortening,
                             [&](std::string_view known) { return name.starts_with(known); });
}

Status fitEmbeddings(std::string& body, int64_t dimensions, std::string_view model) {
  Fitting fitting(dimensions, model);
  json::ObjectIndex index;
  const json::Member* data = json::scanObject(body, index) ? index.find("data") : nullptr;
  if (data != nullptr && data->kind == json::Kind::Array) {
    json::forEachElement(data->value,
                         [&](std::string_view element) { return fitting.add(element); });
  }
  if (fitting.error()) return *fitting.error();
  if (fitting.empty()) return mismatch(fmt::format("model {} answered without a vector", model));
  if (!fitting.shortened()) return Unit{};
  json::Splicer splicer(index);
  splicer.replaceValue(static_cast<size_t>(data - &index[0]), fitting.data());
  body = splicer.build().str();
  return Unit{};
}

}  // namespace penstock::dialect
