#include "proxy/wire.h"

#include <utility>

#include "dialect/anthropic_errors.h"
#include "dialect/anthropic_request.h"
#include "dialect/anthropic_stream.h"
#include "dialect/anthropic_usage.h"
#include "dialect/bedrock_errors.h"
#include "dialect/bedrock_usage.h"
#include "dialect/gemini_errors.h"
#include "dialect/gemini_request.h"
#include "dialect/gemini_usage.h"
#include "dialect/openai_media_answer.h"
#include "dialect/openai_request.h"
#include "dialect/openai_stream.h"
#include "dialect/openai_usage.h"
#include "dialect/responses_errors.h"
#include "dialect/responses_history.h"
#include "dialect/responses_request.h"
#include "dialect/responses_stream.h"
#include "dialect/responses_usage.h"
#include "json/writer.h"
#include "proxy/attempt.h"
#include "proxy/response_state.h"
#include "proxy/surface.h"

namespace penstock::proxy {
namespace {

using dialect::Dialect;

const dialect::OpenAiRequest& openAi(const RequestScope& scope) {
  return static_cast<const dialect::OpenAiRequest&>(scope.request);
}

Dialect dialectOf(model::Dialect spoken) {
  switch (spoken) {
    case model::Dialect::Anthropic: return Dialect::Anthropic;
    case model::Dialect::Gemini: return Dialect::Gemini;
    case model::Dialect::Bedrock: return Dialect::Bedrock;
    case model::Dialect::OpenAiResponses: return Dialect::Responses;
    case model::Dialect::OpenAi: break;
  }
  return Dialect::OpenAi;
}

std::string quotedList(const std::vector<std::string>& texts) {
  std::string list;
  json::Writer out(list);
  out.beginArray();
  for (const std::string& text : texts) out.value(text);
  out.endArray();
  return list;
}

}  // namespace

Result<std::unique_ptr<Wire>> Wire::write(const Order& order) {
  std::unique_ptr<Wire> wire(new Wire(order));
  if (Status written = wire->writeBody(order); !written) return std::move(written).error();
  return wire;
}

Wire::Wire(const Order& order)
    : scope_(order.scope),
      provider_(dialectOf(order.call.dialect)),
      caller_(order.scope.answer_dialect),
      endpoint_(order.endpoint),
      model_(order.call.body.model.empty() ? order.model : order.call.body.model),
      losses_(order.scope.dialect, order.scope.on_loss) {
  dialect::Extras betas;
  for (const std::string& beta : order.call.dropped_betas) betas.push_back({beta, "true"});
  losses_.dropExtras(betas, "anthropic-beta.");
  if (scope_.endpoint != Endpoint::Embeddings) return;
  const bool vertex = endpoint_.vendor->family == model::Family::Vertex;
  embeddings_.emplace(
      scope_, EmbeddingWire::Target{provider_, vertex && provider_ == Dialect::Gemini, model_});
}

Status Wire::writeBody(const Order& order) {
  if (embeddings_) return writeEmbeddings();
  if (scope_.media != nullptr) return writeMedia();
  if (provider_ == scope_.dialect) {
    splice(order);
  } else if (Status written = writeTyped(order); !written) {
    return written;
  }
  fitBody(order.call.body);
  return fitToServer();
}

Status Wire::writeMedia() {
  auto body = dialect::encodeMedia(*scope_.media, model_);
  if (!body) return std::move(body).error();
  media_ = *std::move(body);
  pieces_ = media_.pieces;
  return Unit{};
}

void Wire::splice(const Order& order) {
  const auto limit = order.limit ? std::optional(order.limit->tokens) : std::nullopt;
  if (provider_ == Dialect::Anthropic) {
    spliced_ = dialect::encodeAnthropicRequest(
        static_cast<const dialect::AnthropicRequest&>(scope_.request), model_, limit);
  } else if (provider_ == Dialect::Gemini) {
    spliced_ = dialect::encodeGeminiRequest(
        static_cast<const dialect::GeminiRequest&>(scope_.request), limit);
  } else if (provider_ == Dialect::Responses) {
    spliceResponses(order, limit);
  } else {
    spliced_ = dialect::encodeOpenAiRequest(openAi(scope_), model_, streamUsage(), order.limit);
  }
  pieces_ = spliced_.pieces();
}

// What came before the request is named where it is held, and else sent.
void Wire::spliceResponses(const Order& order, const std::optional<int64_t>& limit) {
  const auto& request = static_cast<const dialect::ResponsesRequest&>(scope_.request);
  const ResponseState& state = *scope_.state;
  const auto encode = [&](const dialect::ResponsesRequest& as) {
    spliced_ = dialect::encodeResponsesRequest(as, model_, limit, state.storeAtProvider());
  };
  if (const auto* original = state.originalFor(order.provider)) {
    names_previous_ = true;
    return encode(*original);
  }
  if (!state.recalled()) return encode(request);
  rewritten_ = dialect::forAnotherServer(request);
  const auto free = dialect::parseResponses(rewritten_);
  encode(free ? *free : request);
}

Status Wire::writeEmbeddings() {
  if (Status written = embeddings_->write(losses_); !written) return written;
  pieces_ = embeddings_->body();
  return fitToServer();
}

dialect::StreamUsage Wire::streamUsage() const {
  using Usage = dialect::StreamUsage;
  if (scope_.reply == Reply::Whole) return Usage::NoStream;
  return endpoint_.vendor->has(model::quirk::kNoStreamOptions) ? Usage::Leave : Usage::Request;
}

Status Wire::writeTyped(const Order& order) {
  const auto& typed = scope_.typed.get();
  if (!typed) return typed.error();
  const dialect::ChatRequest* request = &*typed;
  dialect::ChatRequest adjusted;
  const bool taken_whole = scope_.reply == Reply::Whole && scope_.request.stream;
  if (order.limit || taken_whole) {
    adjusted = *typed;
    if (order.limit) adjusted.max_tokens = order.limit->tokens;
    if (taken_whole) adjusted.stream = false;
    request = &adjusted;
  }
  auto written = dialect::writeChat(*request, target(), losses_);
  if (!written) return std::move(written).error();
  if (auto refused = losses_.error()) return *std::move(refused);
  written_ = *std::move(written);
  pieces_ = {written_.body};
  return Unit{};
}

// What the URL says instead of the body, and the other way round.
void Wire::fitBody(const provider::BodyNeeds& needs) {
  const bool in_body = provider_ != Dialect::Gemini && provider_ != Dialect::Bedrock;
  // OpenAI's encoder sees to that itself.
  const bool spliced = provider_ == scope_.dialect && provider_ != Dialect::OpenAi;
  const bool taken_whole = scope_.reply == Reply::Whole && scope_.request.stream && spliced;
  const bool usual = !needs.model.empty() && needs.stream && !taken_whole &&
                     needs.anthropic_version.empty() && needs.betas.empty();
  if (!in_body || usual) return;
  std::string text;
  for (const std::string_view piece : pieces_) text.append(piece);
  json::ObjectIndex members;
  if (!json::scanObject(text, members)) return;  // cannot happen: we wrote it
  json::Splicer splicer(members);
  for (size_t i = 0; i < members.size(); ++i) {
    const bool said_elsewhere = (members[i].key == "model" && needs.model.empty()) ||
                                (members[i].key == "stream" && (!needs.stream || taken_whole));
    if (said_elsewhere) splicer.removeMember(i);
  }
  if (!needs.anthropic_version.empty()) {
    splicer.appendMember("anthropic_version", json::quoted(needs.anthropic_version));
  }
  if (!needs.betas.empty()) splicer.appendMember("anthropic_beta", quotedList(needs.betas));
  written_.body = splicer.build().str();
  pieces_ = {written_.body};
}

dialect::ChatTarget Wire::target() const {
  switch (provider_) {
    case Dialect::Anthropic: return dialect::anthropicTargetOf(model_);
    case Dialect::Gemini: return dialect::geminiTargetOf(model_);
    case Dialect::Bedrock: return dialect::bedrockTargetOf(model_);
    case Dialect::Responses: return dialect::responsesTargetOf(model_);
    case Dialect::OpenAi: break;
  }
  return openAiTarget();
}

// What is known of the model's family, and of the server that has it.
dialect::OpenAiTarget Wire::openAiTarget() const {
  using namespace model::quirk;
  dialect::OpenAiTarget target = dialect::openAiTargetOf(model_);
  const model::Vendor& vendor = *endpoint_.vendor;
  if (endpoint_.newer_limit) target.limit_field = "max_completion_tokens";
  if (vendor.has(kNoStreamOptions)) target.stream_usage = false;
  if (vendor.has(kNoDeveloperRole)) target.developer_role = false;
  if (vendor.has(kReasoningContent)) target.reasoning = dialect::OpenAiTarget::Reasoning::Content;
  return target;
}

// What the server takes otherwise than OpenAI, as far as a body can be brought to it.
dialect::OpenAiServer Wire::openAiServer() const {
  using namespace model::quirk;
  const model::Vendor& vendor = *endpoint_.vendor;
  dialect::OpenAiServer server;
  if (!vendor.has(kMaxCompletionTokens))
    server.limit_field = "max_tokens";
  else if (endpoint_.newer_limit && dialect::refusesMaxTokens(model_))
    server.limit_field = "max_completion_tokens";
  if (vendor.has(kRandomSeed)) server.seed_field = "random_seed";
  if (vendor.has(kOutputDimension)) server.dimensions_field = "output_dimension";
  server.stream_options = !vendor.has(kNoStreamOptions);
  server.several_choices = !vendor.has(kNoN);
  server.parallel_tools = !vendor.has(kNoParallelTools);
  server.logprobs = !vendor.has(kNoLogprobs);
  server.developer_role = !vendor.has(kNoDeveloperRole);
  server.short_tool_ids = vendor.has(kShortToolIds);
  server.fields = vendor.fields;
  return server;
}

Status Wire::fitToServer() {
  if (provider_ != Dialect::OpenAi) return Unit{};
  const dialect::OpenAiServer server = openAiServer();
  // The caller's own body was scanned when it came; most need nothing.
  const bool own = provider_ == scope_.dialect;
  if (own ? !dialect::needsFit(openAi(scope_).body, server)
          : !endpoint_.vendor->has(model::quirk::kToFit) && server.fields.empty())
    return Unit{};
  std::string text;
  for (const std::string_view piece : pieces_) text.append(piece);
  json::ObjectIndex members;
  if (!json::scanObject(text, members)) return Unit{};  // cannot happen: we wrote it
  written_.body = dialect::fitOpenAiRequest(members, server, losses_);
  pieces_ = {written_.body};
  if (auto refused = losses_.error()) return *std::move(refused);
  return Unit{};
}

void Wire::letGo() {
  pieces_.clear();
  spliced_ = {};
  rewritten_ = {};
  written_.body = {};
  media_ = {};
}

// The estimate walks the messages: it is for providers that do not count.
dialect::AnswerOptions Wire::options(bool provider_counts) const {
  dialect::AnswerOptions options = answerOptions(scope_, caller_);
  options.model = model_;
  if (provider_ == Dialect::Responses)
    options.responses_ids = dialect::ResponsesHead::Ids::Providers;
  if (!provider_counts) options.input_estimate = scope_.request.estimateInputTokens();
  options.context = written_.context;
  return options;
}

bool Wire::passesThrough() const { return !translates() && !scope_.filter; }

std::unique_ptr<dialect::ChatStream> Wire::stream(dialect::OpenAiStitch* whole) {
  if (scope_.filter) {
    return dialect::translateStream(provider_, caller_, options(false), scope_.filter());
  }
  if (translates()) return dialect::translateStream(provider_, caller_, options(false));
  if (caller_ == Dialect::Anthropic) return std::make_unique<dialect::AnthropicRelay>();
  if (caller_ == Dialect::Responses) return std::make_unique<dialect::ResponsesRelay>();
  if (caller_ != Dialect::OpenAi)
    return dialect::translateStream(provider_, caller_, options(false));
  using Usage = dialect::StreamRelay::UsageFor;
  auto relay = std::make_unique<dialect::StreamRelay>(dialect::StreamRelay::Options{
      options(true).usage == dialect::UsageChunk::Send ? Usage::Caller : Usage::Accounting,
      scope_.request.choices});
  if (whole != nullptr) relay->stitchInto(*whole);
  return relay;
}

Wire::Whole Wire::read(std::string_view body) {
  const auto taken = [](auto read) {
    Whole whole{.usage = read.usage, .model = std::move(read.model), .valid = read.valid};
    if constexpr (requires { read.service_tier; }) whole.service_tier = read.service_tier;
    return whole;
  };
  if (embeddings_) return taken(embeddings_->read(body));
  if (scope_.media != nullptr) return taken(dialect::readMediaAnswer(*scope_.media, body));
  switch (provider_) {
    case Dialect::Anthropic: return taken(dialect::readAnthropicResponse(body));
    case Dialect::Gemini: return taken(dialect::readGeminiResponse(body));
    case Dialect::Bedrock: return taken(dialect::readBedrockResponse(body));
    case Dialect::Responses: return taken(dialect::readResponsesResponse(body));
    case Dialect::OpenAi: break;
  }
  return taken(dialect::readOpenAiResponse(body));
}

int64_t Wire::estimateOutput(std::string_view body) const {
  return embeddings_ ? 0 : dialect::estimateAnswer(provider_, body);
}

std::optional<Result<std::string>> Wire::translate(std::string_view body, const Whole& read) {
  if (embeddings_) {
    auto rendered = embeddings_->render();
    return rendered ? std::optional<Result<std::string>>(*std::move(rendered)) : std::nullopt;
  }
  if (!translates()) return std::nullopt;
  return dialect::translateAnswer(
      provider_, caller_, body, options(read.usage.source != model::Usage::Source::None), losses_);
}

dialect::UpstreamError Wire::readError(std::string_view body, int status,
                                       std::string_view type) const {
  switch (provider_) {
    case Dialect::Anthropic: return dialect::parseAnthropicError(body, status);
    case Dialect::Gemini: return dialect::parseGeminiError(body, status);
    case Dialect::Bedrock: return dialect::parseBedrockError(body, status, type);
    case Dialect::Responses: return dialect::parseResponsesError(body, status);
    case Dialect::OpenAi: break;
  }
  return dialect::parseOpenAiError(body, status);
}

}  // namespace penstock::proxy
