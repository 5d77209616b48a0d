#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace penstock {

// The closed set of expected failures. Adding one: extend httpStatus() and typeName() in error.cpp
// (both are switches without default, so the compiler lists what is missing).
enum class ErrorKind : uint8_t {
  InvalidRequest,        // 400
  Unauthorized,          // 401
  PaymentRequired,       // 402: a budget is exhausted
  InsufficientBalance,   // 402: a prepaid balance is
  Forbidden,             // 403
  NotFound,              // 404
  MethodNotAllowed,      // 405
  Timeout,               // 408: the caller was too slow
  Conflict,              // 409
  LengthRequired,        // 411
  PayloadTooLarge,       // 413
  UnsupportedMediaType,  // 415
  Unprocessable,         // 422: well-formed, but a field does not hold
  RateLimited,           // 429
  HeadersTooLarge,       // 431
  Internal,              // 500
  UpstreamFailed,        // 502
  Overloaded,            // 503: we shed load
  UpstreamTimeout,       // 504
};

// One invalid field of a request body.
struct FieldError {
  std::string param;  // JSON pointer
  std::string message;
};

// An expected failure, as the caller may see it. `message` is safe to show; `detail` is for the log
// only. Neither may hold a secret.
struct ApiError {
  ErrorKind kind = ErrorKind::Internal;
  std::string code;           // machine-readable, e.g. "missing_field"
  std::string message;        // for people
  std::string param = {};     // JSON pointer or header name of the offending field, or empty
  std::string resource = {};  // management: the resource's type, e.g. "routing_config"
  std::string id = {};        // management: the resource's id
  std::vector<FieldError> fields = {};         // all invalid fields, where there are several
  std::optional<int64_t> retry_after_ms = {};  // sent as Retry-After where set
  std::string detail = {};                     // log only
};

// HTTP status of a kind.
int httpStatus(ErrorKind kind);

// The envelope's `type`, per spec/modelux.md 2.6, e.g. "invalid_request_error".
const char* typeName(ErrorKind kind);

// Shorthands for the common ones.
ApiError invalidRequest(std::string code, std::string message, std::string param = {});
ApiError notFound(std::string resource, std::string id);
ApiError internalError(std::string detail);

}  // namespace penstock
