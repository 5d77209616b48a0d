#include "dialect/error_class.h"

#include <array>

namespace penstock::dialect {
namespace {

struct Row {
  ErrorClass error;
  int status;
  std::string_view openai_type, openai_code, anthropic_type, gemini_status;
};

// By ErrorClass, in its order.
constexpr std::array<Row, 11> kRows{{
    {ErrorClass::InvalidRequest, 400, "invalid_request_error", "", "invalid_request_error",
     "INVALID_ARGUMENT"},
    {ErrorClass::Authentication, 401, "authentication_error", "invalid_api_key",
     "authentication_error", "UNAUTHENTICATED"},
    {ErrorClass::Billing, 402, "insufficient_quota", "insufficient_quota", "billing_error",
     "FAILED_PRECONDITION"},
    {ErrorClass::Permission, 403, "permission_error", "", "permission_error", "PERMISSION_DENIED"},
    {ErrorClass::NotFound, 404, "invalid_request_error", "model_not_found", "not_found_error",
     "NOT_FOUND"},
    {ErrorClass::Timeout, 504, "timeout", "timeout", "timeout_error", "DEADLINE_EXCEEDED"},
    {ErrorClass::Conflict, 409, "conflict", "", "conflict_error", "ABORTED"},
    {ErrorClass::TooLarge, 413, "invalid_request_error", "request_too_large", "request_too_large",
     "INVALID_ARGUMENT"},
    {ErrorClass::RateLimit, 429, "rate_limit_error", "rate_limit_exceeded", "rate_limit_error",
     "RESOURCE_EXHAUSTED"},
    {ErrorClass::Server, 500, "server_error", "", "api_error", "INTERNAL"},
    {ErrorClass::Overloaded, 529, "overloaded_error", "overloaded", "overloaded_error",
     "UNAVAILABLE"},
}};

const Row& rowOf(ErrorClass error) { return kRows[static_cast<size_t>(error)]; }

struct Word {
  std::string_view word;
  ErrorClass error;
};

// What providers write in an error's code or type, the telling words first.
constexpr Word kWords[] = {
    {"insufficient_quota", ErrorClass::Billing},
    {"billing_error", ErrorClass::Billing},
    {"billing_not_active", ErrorClass::Billing},
    {"enforced_spend_limit_reached", ErrorClass::Billing},
    {"contract_spend_limit_reached", ErrorClass::Billing},
    {"rate_limit_exceeded", ErrorClass::RateLimit},
    {"rate_limit_error", ErrorClass::RateLimit},
    {"overloaded_error", ErrorClass::Overloaded},
    {"overloaded", ErrorClass::Overloaded},
    {"slow_down", ErrorClass::Overloaded},
    {"engine_overloaded", ErrorClass::Overloaded},
    {"invalid_api_key", ErrorClass::Authentication},
    {"authentication_error", ErrorClass::Authentication},
    {"permission_error", ErrorClass::Permission},
    {"permission_denied", ErrorClass::Permission},
    {"model_not_found", ErrorClass::NotFound},
    {"not_found_error", ErrorClass::NotFound},
    {"not_found", ErrorClass::NotFound},
    {"request_too_large", ErrorClass::TooLarge},
    {"timeout_error", ErrorClass::Timeout},
    {"timeout", ErrorClass::Timeout},
    {"conflict_error", ErrorClass::Conflict},
    {"api_error", ErrorClass::Server},
    {"server_error", ErrorClass::Server},
    {"internal_error", ErrorClass::Server},
    {"invalid_request_error", ErrorClass::InvalidRequest},
    // Google's reasons and statuses.
    {"API_KEY_INVALID", ErrorClass::Authentication},
    {"BILLING_DISABLED", ErrorClass::Billing},
    {"RATE_LIMIT_EXCEEDED", ErrorClass::RateLimit},
    {"UNAUTHENTICATED", ErrorClass::Authentication},
    {"PERMISSION_DENIED", ErrorClass::Permission},
    {"NOT_FOUND", ErrorClass::NotFound},
    {"DEADLINE_EXCEEDED", ErrorClass::Timeout},
    {"ABORTED", ErrorClass::Conflict},
    {"RESOURCE_EXHAUSTED", ErrorClass::RateLimit},
    {"INTERNAL", ErrorClass::Server},
    {"UNAVAILABLE", ErrorClass::Overloaded},
    {"INVALID_ARGUMENT", ErrorClass::InvalidRequest},
    {"FAILED_PRECONDITION", ErrorClass::InvalidRequest},
    // Bedrock's exceptions, as answers and as streams spell them.
    {"ThrottlingException", ErrorClass::RateLimit},
    {"throttlingException", ErrorClass::RateLimit},
    {"ServiceQuotaExceededException", ErrorClass::RateLimit},
    {"ModelNotReadyException", ErrorClass::RateLimit},
    {"ServiceUnavailableException", ErrorClass::Overloaded},
    {"serviceUnavailableException", ErrorClass::Overloaded},
    {"AccessDeniedException", ErrorClass::Permission},
    {"UnrecognizedClientException", ErrorClass::Authentication},
    {"ExpiredTokenException", ErrorClass::Authentication},
    {"IncompleteSignatureException", ErrorClass::Authentication},
    {"InvalidSignatureException", ErrorClass::Authentication},
    {"ResourceNotFoundException", ErrorClass::NotFound},
    {"ModelTimeoutException", ErrorClass::Timeout},
    {"ModelErrorException", ErrorClass::Server},
    {"ModelStreamErrorException", ErrorClass::Server},
    {"modelStreamErrorException", ErrorClass::Server},
    {"InternalServerException", ErrorClass::Server},
    {"internalServerException", ErrorClass::Server},
    {"ValidationException", ErrorClass::InvalidRequest},
    {"validationException", ErrorClass::InvalidRequest},
};

ErrorClass classOfStatus(int status) {
  switch (status) {
    case 401: return ErrorClass::Authentication;
    case 402: return ErrorClass::Billing;
    case 403: return ErrorClass::Permission;
    case 404: return ErrorClass::NotFound;
    case 408:
    case 504: return ErrorClass::Timeout;
    case 409: return ErrorClass::Conflict;
    case 413: return ErrorClass::TooLarge;
    case 429: return ErrorClass::RateLimit;
    case 503:
    case 529: return ErrorClass::Overloaded;
    default: return status >= 500 ? ErrorClass::Server : ErrorClass::InvalidRequest;
  }
}

}  // namespace

// A status says more than a type, but not than the code: 429 is a limit or an empty purse. Within a
// stream, where all errors are 502, the words are all there is.
ErrorClass classOf(const UpstreamError& error, int status) {
  for (const std::string* said : {&error.code, &error.type}) {
    for (const Word& known : kWords) {
      if (known.word != *said) continue;
      const bool vague = known.error == ErrorClass::InvalidRequest;
      return vague ? classOfStatus(status == 502 ? 400 : status) : known.error;
    }
  }
  return classOfStatus(status);
}

ErrorClass classOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::PaymentRequired:
    case ErrorKind::InsufficientBalance: return ErrorClass::Billing;
    default: return classOfStatus(httpStatus(kind));
  }
}

int statusOf(ErrorClass error) { return rowOf(error).status; }

std::string_view openAiErrorType(ErrorClass error) { return rowOf(error).openai_type; }

std::string_view openAiErrorCode(ErrorClass error) { return rowOf(error).openai_code; }

std::string_view anthropicErrorType(ErrorClass error) { return rowOf(error).anthropic_type; }

std::string_view geminiStatus(ErrorClass error) { return rowOf(error).gemini_status; }

ErrorClass fittingStatus(ErrorClass error, int status) {
  return error == ErrorClass::Billing && status == 429 ? ErrorClass::RateLimit : error;
}

}  // namespace penstock::dialect
