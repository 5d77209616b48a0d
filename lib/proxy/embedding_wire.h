#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialect/dialect.h"
#include "dialect/embeddings.h"
#include "dialect/gemini_embeddings.h"
#include "dialect/losses.h"
#include "dialect/openai_errors.h"
#include "json/splice.h"
#include "model/usage.h"
#include "provider/call.h"

namespace penstock::proxy {

struct RequestScope;

// What a provider is asked for, for a request of embeddings.
provider::Action embeddingAction(const RequestScope& scope);

// The part of a Wire that embeddings need: within one dialect the caller's bytes, between two, and
// for Vertex's own way to embed, the typed model of dialect/embeddings.h. Lives on one loop.
class EmbeddingWire {
 public:
  struct Target {
    dialect::Dialect provider = dialect::Dialect::OpenAi;
    bool predicts = false;  // embeds as Vertex does
    std::string model;      // as the provider calls it
  };
  EmbeddingWire(const RequestScope& scope, Target target);

  // Errors as Wire::write()'s.
  Status write(dialect::Losses& losses);
  // Pieces of the body, valid until the wire goes.
  std::vector<std::string_view> body() const;

  // What accounting needs of the answer; what else was read of it is kept for render().
  struct Whole {
    model::Usage usage;
    std::string model, service_tier;
    bool valid = false;
  };
  Whole read(std::string_view body);
  // The answer that was read, for the caller; nothing where it is as the provider sent it.
  std::optional<std::string> render() const;

 private:
  bool passesThrough() const;
  void splice();
  Result<dialect::EmbeddingRequest> typed() const;
  dialect::GeminiEmbedding callersWay() const;
  dialect::GeminiEmbedding providersWay() const;

  // Constant after construction.
  const RequestScope& scope_;
  const Target target_;

  json::Spliced spliced_;
  std::string written_;  // where it is not spliced
  size_t inputs_ = 0;
  dialect::EmbeddingRequest::Format format_ = dialect::EmbeddingRequest::Format::Numbers;
  std::optional<dialect::EmbeddingAnswer> answer_;
};

// Makes the vectors of an answer for the caller have the length that the routing config asks for.
Status fitVectors(const RequestScope& scope, std::string_view model, std::string& answer);
// Whether the provider's error is about that length.
bool refusesDimensions(const RequestScope& scope, const dialect::UpstreamError& said);

}  // namespace penstock::proxy
