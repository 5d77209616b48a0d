#include "dialect/anthropic_errors.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/anthropic_errors") {
  TEST_CASE("our own errors are told in Anthropic's envelope") {
    const ApiError error{ErrorKind::RateLimited, "rate_limit_exceeded", "too many"};
    CHECK(renderAnthropicError(error, "req_1") ==
          R"({"type":"error","error":{"type":"rate_limit_error","message":"too many",)"
          R"("details":{"error_code":"rate_limit_exceeded"}},"request_id":"req_1"})");
    CHECK(renderAnthropicErrorEvent({ErrorKind::UpstreamFailed, "", "cut"}, "") ==
          "event: error\ndata: "
          R"({"type":"error","error":{"type":"api_error","message":"cut"}})"
          "\n\n");
    CHECK(
        renderAnthropicError({ErrorKind::UpstreamTimeout, "", "slow"}, "").find("timeout_error") !=
        std::string::npos);
  }

  TEST_CASE("a provider's error is read with its code") {
    const auto error = parseAnthropicError(
        R"({"type":"error","error":{"type":"rate_limit_error","message":"Slow",)"
        R"("details":{"error_code":"ramp_rate_exceeded"}},"request_id":"r"})",
        429);
    CHECK(error.type == "rate_limit_error");
    CHECK(error.message == "Slow");
    CHECK(error.code == "ramp_rate_exceeded");
    CHECK(parseAnthropicError("<html>", 502).message == "the provider answered with status 502");
    CHECK(parseAnthropicError("Bad gateway", 502).message == "Bad gateway");
  }

  TEST_CASE("errors change dialect with their class") {
    const UpstreamError busy{"Overloaded", "overloaded_error", "", ""};
    CHECK(openAiErrorOf(busy, 529).type == "overloaded_error");
    const UpstreamError denied{"no", "authentication_error", "", ""};
    CHECK(openAiErrorOf(denied, 401).code == "invalid_api_key");
    const UpstreamError quota{"pay", "insufficient_quota", "insufficient_quota", ""};
    CHECK(renderAnthropicError(quota, 402, "").find(R"("type":"billing_error")") !=
          std::string::npos);
    CHECK(renderAnthropicError(quota, 429, "") ==
          R"({"type":"error","error":{"type":"rate_limit_error","message":"pay",)"
          R"("details":{"error_code":"insufficient_quota"}}})");
    const UpstreamError odd{"no", "brand_new", "x", ""};
    CHECK(renderAnthropicError(odd, 400, "").find(R"("type":"invalid_request_error")") !=
          std::string::npos);
  }
}
