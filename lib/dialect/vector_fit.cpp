#include "dialect/vector_fit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dialect/vector_text.h"
#include "json/scan.h"
#include "json/splice.h"

namespace penstock::dialect {
namespace {

// As their makers say. Names of the same models elsewhere begin likewise, after a '/'.
constexpr std::string_view kShortening[] = {
    "text-embedding-3-",  "gemini-embedding-",  "voyage-3-large",  "voyage-3.5",
    "voyage-code-3",      "embed-v4",           "cohere-embed-v4", "nomic-embed-text-v1.5",
    "jina-embeddings-v3", "jina-embeddings-v4", "qwen3-embedding", "mxbai-embed-large",
};

ApiError mismatch(std::string message) {
  return {ErrorKind::UpstreamFailed, "embedding_dimensions_mismatch", std::move(message)};
}

}  // namespace

bool shortensWell(std::string_view model) {
  const std::string name = asciiLower(model.substr(model.rfind('/') + 1));
  return std::ranges::any_of(kShortening,
                             [&](std::string_view known) { return name.starts_with(known); });
}

bool VectorFit::add(std::string_view element) {
  json::ObjectIndex index;
  const json::Member* raw = json::scanObject(element, index) ? index.find(key_) : nullptr;
  auto vector = raw == nullptr ? std::nullopt : vectorOf(raw->value);
  if (!vector) return refuse(fmt::format("model {} answered without a vector", model_));
  if (vector->size() != size_ && (vector->size() < size_ || !shortensWell(model_))) {
    return refuse(fmt::format("model {} answered with {} dimensions where {} are asked for", model_,
                              vector->size(), size_));
  }
  if (!elements_.empty()) elements_ += ',';
  if (vector->size() == size_) {
    elements_ += element;
    return true;
  }
  vector->resize(size_);
  bringToLengthOne(*vector);
  json::Splicer splicer(index);
  splicer.replaceValue(static_cast<size_t>(raw - &index[0]),
                       raw->kind == json::Kind::Array ? numbersOf(*vector) : base64Of(*vector));
  elements_ += splicer.build().str();
  shortened_ = true;
  return true;
}

std::optional<ApiError> VectorFit::error() const {
  if (error_ || !elements_.empty()) return error_;
  return mismatch(fmt::format("model {} answered without a vector", model_));
}

bool VectorFit::refuse(std::string message) {
  error_ = mismatch(std::move(message));
  return false;
}

}  // namespace penstock::dialect
