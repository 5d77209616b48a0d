#include "dialect/error_class.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/error_class") {
  TEST_CASE("a code says more than a status, a status more than a vague type") {
    struct Case {
      std::string type, code;
      int status;
      ErrorClass expected;
    };
    const std::vector<Case> cases = {
        {"insufficient_quota", "insufficient_quota", 429, ErrorClass::Billing},
        {"requests", "rate_limit_exceeded", 429, ErrorClass::RateLimit},
        {"billing_error", "", 402, ErrorClass::Billing},
        {"rate_limit_error", "enforced_spend_limit_reached", 429, ErrorClass::Billing},
        {"invalid_request_error", "context_length_exceeded", 400, ErrorClass::InvalidRequest},
        {"invalid_request_error", "model_not_found", 404, ErrorClass::NotFound},
        {"invalid_request_error", "", 401, ErrorClass::Authentication},
        {"overloaded_error", "", 529, ErrorClass::Overloaded},
        {"server_error", "slow_down", 503, ErrorClass::Overloaded},
        {"", "", 503, ErrorClass::Overloaded},
        {"", "", 502, ErrorClass::Server},
        {"", "", 504, ErrorClass::Timeout},
        {"", "", 413, ErrorClass::TooLarge},
        {"invalid_request_error", "", 502, ErrorClass::InvalidRequest},  // within a stream
        {"", "", 418, ErrorClass::InvalidRequest},
    };
    for (const Case& c : cases) {
      INFO(c.type, " ", c.code, " ", c.status);
      CHECK(classOf(UpstreamError{"m", c.type, c.code, ""}, c.status) == c.expected);
    }
  }

  TEST_CASE("every class has its status and its words") {
    CHECK(statusOf(ErrorClass::Overloaded) == 529);
    CHECK(anthropicErrorType(ErrorClass::Server) == "api_error");
    CHECK(openAiErrorType(ErrorClass::Billing) == "insufficient_quota");
    for (int i = 0; i <= static_cast<int>(ErrorClass::Overloaded); ++i) {
      const auto error = static_cast<ErrorClass>(i);
      const UpstreamError told{"m", std::string(anthropicErrorType(error)), "", ""};
      CHECK(classOf(told, statusOf(error)) == error);
    }
    CHECK(classOf(ErrorKind::PaymentRequired) == ErrorClass::Billing);
    CHECK(classOf(ErrorKind::Unprocessable) == ErrorClass::InvalidRequest);
  }
}
