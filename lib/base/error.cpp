#include "base/error.h"

namespace penstock {

int httpStatus(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidRequest: return 400;
    case ErrorKind::Unauthorized: return 401;
    case ErrorKind::PaymentRequired: return 402;
    case ErrorKind::InsufficientBalance: return 402;
    case ErrorKind::Forbidden: return 403;
    case ErrorKind::NotFound: return 404;
    case ErrorKind::MethodNotAllowed: return 405;
    case ErrorKind::Timeout: return 408;
    case ErrorKind::Conflict: return 409;
    case ErrorKind::LengthRequired: return 411;
    case ErrorKind::PayloadTooLarge: return 413;
    case ErrorKind::UnsupportedMediaType: return 415;
    case ErrorKind::Unprocessable: return 422;
    case ErrorKind::RateLimited: return 429;
    case ErrorKind::HeadersTooLarge: return 431;
    case ErrorKind::Internal: return 500;
    case ErrorKind::UpstreamFailed: return 502;
    case ErrorKind::Overloaded: return 503;
    case ErrorKind::UpstreamTimeout: return 504;
  }
  return 500;
}

const char* typeName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidRequest:
    case ErrorKind::MethodNotAllowed:
    case ErrorKind::Timeout:
    case ErrorKind::LengthRequired:
    case ErrorKind::PayloadTooLarge:
    case ErrorKind::UnsupportedMediaType:
    case ErrorKind::HeadersTooLarge: return "invalid_request_error";
    case ErrorKind::Unprocessable: return "validation_error";
    case ErrorKind::Unauthorized: return "authentication_error";
    case ErrorKind::PaymentRequired: return "budget_exceeded";
    case ErrorKind::InsufficientBalance: return "insufficient_balance";
    case ErrorKind::Forbidden: return "permission_error";
    case ErrorKind::NotFound: return "not_found";
    case ErrorKind::Conflict: return "conflict";
    case ErrorKind::RateLimited: return "rate_limit_error";
    case ErrorKind::Internal: return "internal_error";
    case ErrorKind::Overloaded: return "overloaded_error";
    case ErrorKind::UpstreamFailed: return "upstream_error";
    case ErrorKind::UpstreamTimeout: return "upstream_timeout";
  }
  return "internal_error";
}

ApiError invalidRequest(std::string code, std::string message, std::string param) {
  return {ErrorKind::InvalidRequest, std::move(code), std::move(message), std::move(param)};
}

ApiError notFound(std::string resource, std::string id) {
  ApiError error{ErrorKind::NotFound, resource + "_not_found", resource + " " + id + " not found"};
  error.resource = std::move(resource);
  error.id = std::move(id);
  return error;
}

ApiError internalError(std::string detail) {
  ApiError error{ErrorKind::Internal, "internal_error", "internal error"};
  error.detail = std::move(detail);
  return error;
}

}  // namespace penstock
