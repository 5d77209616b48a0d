#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialect/chat_stream.h"
#include "dialect/losses.h"
#include "dialect/openai_encode.h"
#include "dialect/openai_errors.h"
#include "dialect/openai_fit.h"
#include "dialect/openai_media.h"
#include "dialect/openai_stitch.h"
#include "dialect/translate.h"
#include "json/splice.h"
#include "model/provider.h"
#include "model/usage.h"
#include "model/vendor.h"
#include "provider/call.h"
#include "proxy/embedding_wire.h"

namespace penstock::proxy {

struct RequestScope;

// One attempt's bytes in both directions: the caller's request in the provider's dialect, and the
// provider's answer in the caller's. Within one dialect the caller's bytes are passed on with the
// edits that policy needs; between two they go through the typed model. Lives on one loop.
class Wire {
 public:
  // A request that is to be written. What it refers to outlives the wire.
  struct Order {
    const RequestScope& scope;
    const model::Provider& provider;
    const provider::UpstreamCall& call;         // which says how the target is asked
    const provider::Endpoint& endpoint;         // and how its server differs from others
    std::string_view model;                     // as the decision names it
    std::optional<dialect::OutputLimit> limit;  // in place of the caller's
  };
  // Errors: InvalidRequest when the target cannot express the request and the project would rather
  // have that than something left out; or when the typed model cannot hold the request.
  static Result<std::unique_ptr<Wire>> write(const Order& order);

  // Pieces of the body, valid until letGo().
  const std::vector<std::string_view>& body() const { return pieces_; }
  std::string contentType() const {
    return media_.content_type.empty() ? "application/json" : media_.content_type;
  }
  void letGo();
  // Names of what the target cannot express and was left out; empty: nothing was.
  std::string dropped() const { return losses_.header(); }

  // For an answer that streams. Once. What is passed through in OpenAI's dialect is put together in
  // `whole`, where there is one.
  std::unique_ptr<dialect::ChatStream> stream(dialect::OpenAiStitch* whole);

  // What accounting needs of a whole answer.
  struct Whole {
    model::Usage usage;
    std::string model;         // as the provider says; empty: it does not
    std::string service_tier;  // likewise
    bool valid = false;        // it is an answer of its dialect
  };
  Whole read(std::string_view body);
  // Its output tokens by rule, for when it has no usage.
  int64_t estimateOutput(std::string_view body) const;
  // The whole answer, which was read last and of which `read` is known, for the caller; nothing
  // where it is as the provider sent it. Error: UpstreamFailed.
  std::optional<Result<std::string>> translate(std::string_view body, const Whole& read);

  // `type` is what a header says of the error, with AWS.
  dialect::UpstreamError readError(std::string_view body, int status, std::string_view type) const;
  dialect::Dialect provider() const { return provider_; }
  // Whether it names a response of before in place of what was said.
  bool namesPrevious() const { return names_previous_; }
  // Whether answers are the caller's as they come.
  bool passesThrough() const;

 private:
  explicit Wire(const Order& order);
  Status writeBody(const Order& order);
  void splice(const Order& order);
  void spliceResponses(const Order& order, const std::optional<int64_t>& limit);
  Status writeTyped(const Order& order);
  Status writeEmbeddings();
  Status writeMedia();
  dialect::StreamUsage streamUsage() const;
  void fitBody(const provider::BodyNeeds& needs);
  dialect::ChatTarget target() const;
  dialect::OpenAiTarget openAiTarget() const;
  dialect::OpenAiServer openAiServer() const;
  Status fitToServer();
  dialect::AnswerOptions options(bool provider_counts) const;
  bool translates() const { return provider_ != caller_; }

  // Constant after construction.
  const RequestScope& scope_;
  const dialect::Dialect provider_;
  const dialect::Dialect caller_;  // that the answer is to be in
  const provider::Endpoint& endpoint_;

  std::string model_;
  bool names_previous_ = false;
  std::string rewritten_;  // a request that is spliced as it is in no other attempt
  json::Spliced spliced_;
  dialect::WrittenRequest written_;
  dialect::MediaBody media_;                 // of a media request
  std::optional<EmbeddingWire> embeddings_;  // of a request for them
  std::vector<std::string_view> pieces_;
  dialect::Losses losses_;
};

}  // namespace penstock::proxy
