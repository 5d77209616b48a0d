#include "proxy/embedding_wire.h"

#include <utility>

#include "dialect/gemini_embed_request.h"
#include "dialect/openai_embeddings.h"
#include "dialect/openai_request.h"
#include "dialect/openai_usage.h"
#include "proxy/request_scope.h"

namespace penstock::proxy {
namespace {

using dialect::Dialect;
using dialect::GeminiEmbedding;

const dialect::OpenAiRequest& openAi(const RequestScope& scope) {
  return static_cast<const dialect::OpenAiRequest&>(scope.request);
}

const dialect::GeminiEmbedRequest& gemini(const RequestScope& scope) {
  return static_cast<const dialect::GeminiEmbedRequest&>(scope.request);
}

}  // namespace

provider::Action embeddingAction(const RequestScope& scope) {
  const bool one = scope.dialect == Dialect::Gemini && !gemini(scope).batch;
  return one ? provider::Action::EmbedContent : provider::Action::Embeddings;
}

EmbeddingWire::EmbeddingWire(const RequestScope& scope, Target target)
    : scope_(scope), target_(std::move(target)) {}

bool EmbeddingWire::passesThrough() const {
  return scope_.dialect == target_.provider && !target_.predicts;
}

GeminiEmbedding EmbeddingWire::callersWay() const {
  return gemini(scope_).batch ? GeminiEmbedding::BatchEmbedContents : GeminiEmbedding::EmbedContent;
}

GeminiEmbedding EmbeddingWire::providersWay() const {
  if (target_.predicts) return GeminiEmbedding::Predict;
  return scope_.dialect == Dialect::Gemini ? callersWay() : GeminiEmbedding::BatchEmbedContents;
}

Status EmbeddingWire::write(dialect::Losses& losses) {
  if (target_.provider != Dialect::OpenAi && target_.provider != Dialect::Gemini) {
    return ApiError{ErrorKind::Unprocessable, "unsupported_operation",
                    "embeddings of this provider's models are not supported", "model"};
  }
  if (passesThrough()) {
    splice();
    return Unit{};
  }
  const auto request = typed();
  if (!request) return request.error();
  inputs_ = request->inputs.size();
  format_ = request->format;
  if (target_.provider == Dialect::OpenAi) {
    written_ = dialect::writeOpenAiEmbeddings(*request, target_.model, scope_.dimensions, losses);
  } else {
    written_ = dialect::writeGeminiEmbeddings(*request, providersWay(), target_.model,
                                              scope_.dimensions, losses);
  }
  if (auto refused = losses.error()) return *std::move(refused);
  return Unit{};
}

void EmbeddingWire::splice() {
  spliced_ =
      scope_.dialect == Dialect::Gemini
          ? dialect::encodeGeminiEmbeddings(gemini(scope_), target_.model, scope_.dimensions)
          : dialect::encodeOpenAiEmbeddings(openAi(scope_), target_.model, scope_.dimensions);
}

Result<dialect::EmbeddingRequest> EmbeddingWire::typed() const {
  return scope_.dialect == Dialect::Gemini ? dialect::readGeminiEmbeddings(gemini(scope_))
                                           : dialect::readOpenAiEmbeddings(openAi(scope_));
}

std::vector<std::string_view> EmbeddingWire::body() const {
  return written_.empty() ? spliced_.pieces() : std::vector<std::string_view>{written_};
}

EmbeddingWire::Whole EmbeddingWire::read(std::string_view body) {
  if (passesThrough() && target_.provider == Dialect::OpenAi) {
    auto said = dialect::readOpenAiResponse(body);
    return {said.usage, std::move(said.model), std::move(said.service_tier), said.valid};
  }
  auto answer = target_.provider == Dialect::OpenAi
                    ? dialect::readOpenAiVectors(body)
                    : dialect::readGeminiVectors(providersWay(), body);
  if (!answer) return {};
  Whole whole{answer->usage, answer->model, {}, true};
  if (passesThrough()) return whole;
  // A vector too few would be taken for another text's.
  if (answer->vectors.size() != inputs_) return {};
  answer_ = *std::move(answer);
  return whole;
}

std::optional<std::string> EmbeddingWire::render() const {
  if (!answer_) return std::nullopt;
  if (scope_.dialect == Dialect::Gemini)
    return dialect::renderGeminiVectors(*answer_, callersWay());
  const bool counted = answer_->usage.source != model::Usage::Source::None;
  const int64_t tokens = counted ? answer_->usage.input() : scope_.request.estimateInputTokens();
  return dialect::renderOpenAiVectors(*answer_, format_, target_.model, tokens);
}

Status fitVectors(const RequestScope& scope, std::string_view model, std::string& answer) {
  return scope.dialect == Dialect::Gemini
             ? dialect::fitGeminiEmbeddings(answer, *scope.dimensions, model)
             : dialect::fitEmbeddings(answer, *scope.dimensions, model);
}

// Google names fields in the words of its errors only.
bool refusesDimensions(const RequestScope& scope, const dialect::UpstreamError& said) {
  const auto names = [&said](std::string_view field) {
    return said.message.find(field) != std::string::npos;
  };
  return scope.dimensions && (said.param == "dimensions" || names("output_dimensionality") ||
                              names("outputDimensionality"));
}

}  // namespace penstock::proxy
