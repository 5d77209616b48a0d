#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "dialect/openai_errors.h"

namespace penstock::dialect {

// What went wrong, whatever the dialect (spec/dialects.md 10): a provider's error is read as one of
// these and written to the caller in the words of its dialect.
enum class ErrorClass : uint8_t {
  InvalidRequest,
  Authentication,
  Billing,  // no money or quota is left
  Permission,
  NotFound,
  Timeout,
  Conflict,
  TooLarge,
  RateLimit,
  Server,
  Overloaded,
};

// Of a provider's error by its type and code, where they are known, else by the status.
ErrorClass classOf(const UpstreamError& error, int status);
ErrorClass classOf(ErrorKind kind);

// The status that the class usually has: for errors within a stream, which have none. Anthropic's
// own 529 for overload.
int statusOf(ErrorClass error);

std::string_view openAiErrorType(ErrorClass error);
// OpenAI's code for it; empty: there is none.
std::string_view openAiErrorCode(ErrorClass error);
std::string_view anthropicErrorType(ErrorClass error);
std::string_view geminiStatus(ErrorClass error);

// The class for a dialect that tells the status beside it: a quota that is used up is a limit where
// the provider answered 429, for SDKs go by the status.
ErrorClass fittingStatus(ErrorClass error, int status);

}  // namespace penstock::dialect
