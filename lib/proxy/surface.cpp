#include "proxy/surface.h"

#include <utility>

#include "base/clock.h"
#include "base/id.h"
#include "dialect/anthropic_errors.h"
#include "dialect/anthropic_request.h"
#include "dialect/gemini_embed_request.h"
#include "dialect/gemini_request.h"
#include "dialect/openai_replay.h"
#include "dialect/openai_request.h"
#include "dialect/responses_request.h"
#include "dialect/responses_usage.h"
#include "dialect/translate.h"
#include "json/splice.h"

namespace penstock::proxy {
namespace {

using dialect::Dialect;

// Anthropic's own status for overload, which its SDKs know to be passing.
constexpr int kAnthropicOverloaded = 529;

int statusFor(Dialect caller, const ApiError& error) {
  const bool overloaded = caller == Dialect::Anthropic && error.kind == ErrorKind::Overloaded;
  return overloaded ? kAnthropicOverloaded : httpStatus(error.kind);
}

template <typename T>
Result<std::unique_ptr<dialect::ChatView>> viewOf(Result<T> parsed) {
  if (!parsed) return std::move(parsed).error();
  return std::unique_ptr<dialect::ChatView>(std::make_unique<T>(*std::move(parsed)));
}

Result<std::unique_ptr<dialect::ChatView>> parseMessages(Endpoint endpoint,
                                                         const http::Request& request,
                                                         std::string_view body) {
  auto parsed = endpoint == Endpoint::CountTokens ? dialect::parseAnthropicCountTokens(body)
                                                  : dialect::parseAnthropicMessages(body);
  if (!parsed) return std::move(parsed).error();
  const auto version = request.headers.get("anthropic-version");
  if (Status fits = dialect::checkAnthropicVersion(*parsed, version); !fits)
    return std::move(fits).error();
  return viewOf(std::move(parsed));
}

Result<std::unique_ptr<dialect::ChatView>> parseGemini(const http::Request& request,
                                                       std::string_view body) {
  const auto path = dialect::parseGeminiPath(request.param("id"));
  if (!path) {
    return ApiError{ErrorKind::NotFound, "unknown_method",
                    "models have generateContent, streamGenerateContent, countTokens, embedContent "
                    "and batchEmbedContents here"};
  }
  if (dialect::isEmbedding(path->verb)) return viewOf(dialect::parseGeminiEmbeddings(body, *path));
  return viewOf(dialect::parseGeminiContent(body, *path));
}

// A finished stream of OpenAI's for a caller of another dialect.
std::string translated(const RequestScope& scope, std::string_view events,
                       const std::string& trace) {
  auto stream =
      dialect::translateStream(Dialect::OpenAi, scope.dialect, answerOptions(scope, scope.dialect));
  if (!trace.empty()) stream->setTrace([trace] { return trace; });
  std::string out;
  stream->feed(events, out);
  stream->finish(out);
  return out;
}

}  // namespace

Dialect dialectOfPath(std::string_view path) {
  if (path.starts_with("/anthropic/") || path.starts_with("/v1/messages"))
    return Dialect::Anthropic;
  if (path.starts_with("/gemini/") || path.starts_with("/v1beta/")) return Dialect::Gemini;
  if (path.starts_with("/v1/responses") || path.starts_with("/openai/v1/responses"))
    return Dialect::Responses;
  return Dialect::OpenAi;
}

Result<std::unique_ptr<dialect::ChatView>> parseRequest(Dialect caller, Endpoint endpoint,
                                                        const http::Request& request,
                                                        std::string_view body) {
  switch (caller) {
    case Dialect::Anthropic: return parseMessages(endpoint, request, body);
    case Dialect::Gemini: return parseGemini(request, body);
    case Dialect::Responses: return viewOf(dialect::parseResponses(body));
    case Dialect::OpenAi:
    case Dialect::Bedrock: break;
  }
  return viewOf(endpoint == Endpoint::Embeddings ? dialect::parseOpenAiEmbeddings(body)
                                                 : dialect::parseOpenAiChat(body));
}

http::Response errorResponse(Dialect caller, const ApiError& error, std::string_view request_id,
                             ClientRetry retry) {
  http::Response response;
  response.status = statusFor(caller, error);
  response.body = dialect::renderError(caller, error, request_id);
  if (error.retry_after_ms) addRetryAfter(response.headers, *error.retry_after_ms);
  if (retry == ClientRetry::Spent) response.headers.add("x-should-retry", "false");
  return response;
}

http::Response renderEdgeError(const http::Request& request, const ApiError& error) {
  const std::string id = newUuid();
  const Dialect caller = dialectOfPath(request.path);
  http::Response response = errorResponse(caller, error, id);
  response.headers.add("X-Modelux-Request-Id", id);
  return response;
}

dialect::AnswerOptions answerOptions(const RequestScope& scope, Dialect dialect) {
  constexpr std::pair<Dialect, std::string_view> kPrefixes[] = {
      {Dialect::OpenAi, "chatcmpl-"}, {Dialect::Anthropic, "msg_"}, {Dialect::Responses, "resp_"}};
  dialect::AnswerOptions options;
  for (const auto& [of, prefix] : kPrefixes) {
    if (of == dialect) options.id = prefix;
  }
  options.id += scope.row.request_id;
  options.model = scope.row.model;
  options.created = scope.row.created_at / 1000;
  options.framing = scope.framing;
  options.responses_echo = scope.responses_echo;
  options.responses_ids = dialect::ResponsesHead::Ids::Ours;
  const bool wants_usage = scope.dialect == Dialect::OpenAi &&
                           static_cast<const dialect::OpenAiRequest&>(scope.request).include_usage;
  if (wants_usage) options.usage = dialect::UsageChunk::Send;
  return options;
}

std::string_view streamContentType(const RequestScope& scope) {
  const bool array =
      scope.dialect == Dialect::Gemini && scope.framing == dialect::GeminiFraming::Array;
  return array ? "application/json" : "text/event-stream";
}

std::string renderRefusal(Dialect caller, const AttemptFailure& failure,
                          std::string_view request_id) {
  if (caller == Dialect::Gemini)
    return dialect::renderGeminiError(*failure.refusal, failure.status);
  if (caller == Dialect::Anthropic)
    return dialect::renderAnthropicError(*failure.refusal, failure.status, request_id);
  const bool in_openais_words =
      failure.said_by == Dialect::OpenAi || failure.said_by == Dialect::Responses;
  return dialect::renderOpenAiError(in_openais_words
                                        ? *failure.refusal
                                        : dialect::openAiErrorOf(*failure.refusal, failure.status));
}

void addDialectHeaders(Dialect caller, http::Headers& headers, const model::RequestLog& row,
                       const budget::RateDecision* rate, UnixMillis now) {
  if (caller != Dialect::Anthropic) return;
  headers.add("request-id", row.request_id);
  if (rate == nullptr) return;
  headers.add("anthropic-ratelimit-requests-limit", rate->limit);
  headers.add("anthropic-ratelimit-requests-remaining", rate->remaining);
  headers.add("anthropic-ratelimit-requests-reset", iso8601(now + rate->reset_ms));
}

Result<std::string> renderOwnAnswer(const OwnAnswer& answer) {
  std::string body(answer.body);
  if (answer.scope.dialect != Dialect::OpenAi) {
    dialect::Losses losses(answer.scope.dialect);
    auto made = dialect::translateAnswer(Dialect::OpenAi, answer.scope.dialect, answer.body,
                                         answerOptions(answer.scope, answer.scope.dialect), losses);
    if (!made) return made;
    body = *std::move(made);
  }
  json::ObjectIndex index;
  if (answer.trace.empty() || !json::scanObject(body, index)) return body;
  json::Splicer splicer(index);
  splicer.appendMember("mlx:trace", answer.trace);
  return splicer.build().str();
}

std::string renderOwnStream(const OwnAnswer& answer) {
  const bool openai = answer.scope.dialect == Dialect::OpenAi;
  const std::string events = dialect::renderOpenAiReplay(
      {answer.body,
       openai ? answerOptions(answer.scope, Dialect::OpenAi).usage : dialect::UsageChunk::Send,
       openai ? std::string_view(answer.trace) : std::string_view()});
  return openai ? events : translated(answer.scope, events, answer.trace);
}

Result<std::string> renderDryRun(const RequestScope& scope, const dialect::DryRun& run) {
  std::string body = dialect::renderDryRun(run);
  if (scope.dialect == Dialect::OpenAi) return body;
  return renderOwnAnswer({body, scope, std::string(run.trace)});
}

std::string renderDryRunStream(const RequestScope& scope, const dialect::DryRun& run) {
  std::string events = dialect::renderDryRunStream(run);
  if (scope.dialect == Dialect::OpenAi) return events;
  return translated(scope, events, std::string(run.trace));
}

}  // namespace penstock::proxy
