#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "dialect/chat_view.h"
#include "dialect/dialect.h"
#include "dialect/openai_synthetic.h"
#include "http/message.h"
#include "proxy/answer.h"
#include "proxy/attempt_failure.h"
#include "proxy/request_scope.h"

namespace penstock::proxy {

// What is read from callers and said to them in the words of their own dialect. Everything else in
// the proxy is the same for all of them.

// The dialect of those who call this path, for errors that come before routing.
dialect::Dialect dialectOfPath(std::string_view path);

// What policy needs of a request whose body may have been rewritten; it points into the body.
// Errors as the dialect's parsers'.
Result<std::unique_ptr<dialect::ChatView>> parseRequest(dialect::Dialect caller, Endpoint endpoint,
                                                        const http::Request& request,
                                                        std::string_view body);

// The error with its status, Retry-After and, when told so, x-should-retry.
http::Response errorResponse(dialect::Dialect caller, const ApiError& error,
                             std::string_view request_id, ClientRetry retry = ClientRetry::Default);
// For errors that arise below routing (malformed requests, unknown paths): with a request id.
http::Response renderEdgeError(const http::Request& request, const ApiError& error);
// The provider's own refusal of the request, as the body of an answer with its status.
std::string renderRefusal(dialect::Dialect caller, const AttemptFailure& failure,
                          std::string_view request_id);

// What every answer to the caller has in common, whoever makes it, in `dialect`.
dialect::AnswerOptions answerOptions(const RequestScope& scope, dialect::Dialect dialect);
// Of a stream in the caller's dialect.
std::string_view streamContentType(const RequestScope& scope);

// How many tokens a request has.
std::string renderTokenCount(dialect::Dialect caller, int64_t tokens);

// Headers that the caller's client library looks for beside ours: Anthropic's request-id and
// anthropic-ratelimit-requests-*. `now` is what reset times count from.
void addDialectHeaders(dialect::Dialect caller, http::Headers& headers,
                       const model::RequestLog& row, const budget::RateDecision* rate,
                       UnixMillis now);

// A whole answer of OpenAI's dialect, which answers that are put together are made in, for the
// caller: as it is to be, or as the stream that it would have been.
struct OwnAnswer {
  std::string_view body;
  const RequestScope& scope;
  std::string trace = {};  // raw JSON of mlx:trace; empty: it is not wanted
};
Result<std::string> renderOwnAnswer(const OwnAnswer& answer);
std::string renderOwnStream(const OwnAnswer& answer);

// What a dry run answers; the same as a stream.
Result<std::string> renderDryRun(const RequestScope& scope, const dialect::DryRun& run);
std::string renderDryRunStream(const RequestScope& scope, const dialect::DryRun& run);

}  // namespace penstock::proxy
