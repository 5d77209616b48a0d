#include "dialect/gemini_errors.h"

#include <doctest/doctest.h>

#include "dialect/error_class.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string body(const std::string& status, const std::string& details = "") {
  return R"({"error":{"code":400,"message":"No.","status":")" + status + R"(","details":[)" +
         details + "]}}";
}

}  // namespace

TEST_SUITE("dialect/gemini_errors") {
  TEST_CASE("Google's errors are read, in an array too") {
    const std::string text =
        body("INVALID_ARGUMENT",
             R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"})");
    for (const std::string& each : {text, "[" + text + "]"}) {
      const UpstreamError error = parseGeminiError(each, 400);
      CHECK(error.message == "No.");
      CHECK(error.type == "INVALID_ARGUMENT");
      CHECK(error.code == "API_KEY_INVALID");
      CHECK(classOf(error, 400) == ErrorClass::Authentication);
    }
    CHECK(parseGeminiError("<html>", 502).message == "the provider answered with status 502");
  }

  TEST_CASE("statuses say the class, within streams too") {
    const auto class_of = [](const char* status, int http) {
      return classOf(parseGeminiError(body(status), http), http);
    };
    CHECK(class_of("RESOURCE_EXHAUSTED", 502) == ErrorClass::RateLimit);
    CHECK(class_of("UNAVAILABLE", 502) == ErrorClass::Overloaded);
    CHECK(class_of("DEADLINE_EXCEEDED", 504) == ErrorClass::Timeout);
    CHECK(class_of("INVALID_ARGUMENT", 502) == ErrorClass::InvalidRequest);
    CHECK(class_of("SOMETHING_NEW", 403) == ErrorClass::Permission);
  }

  TEST_CASE("the time to wait is read and told") {
    CHECK(geminiRetryDelayMs(body(
              "RESOURCE_EXHAUSTED",
              R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"33.5s"})")) ==
          33'500);
    for (const char* odd : {"", "s", "-1s", "5m", "1e99s"})
      CHECK_FALSE(geminiRetryDelayMs(
          body("X", R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" +
                        std::string(odd) + "\"}")));
    ApiError error{.kind = ErrorKind::RateLimited, .code = "rate_limited", .message = "Wait."};
    error.retry_after_ms = 1500;
    const std::string told = renderGeminiError(error);
    CHECK(
        told ==
        R"({"error":{"code":429,"message":"Wait.","status":"RESOURCE_EXHAUSTED","details":[)"
        R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"rate_limited","domain":"penstock"},)"
        R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}})");
    CHECK(geminiRetryDelayMs(told) == 1500);
  }

  TEST_CASE("the status beside the code is one that has it") {
    const UpstreamError quota{"pay", "insufficient_quota", "insufficient_quota", ""};
    const auto status = [&quota](int code) { return renderGeminiError(quota, code); };
    CHECK(status(429).find(R"("status":"RESOURCE_EXHAUSTED")") != std::string::npos);
    const UpstreamError busy{"Overloaded", "overloaded_error", "", ""};
    CHECK(renderGeminiError(busy, 529) ==
          R"({"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}})");
    CHECK(status(402).find(R"("status":"FAILED_PRECONDITION")") != std::string::npos);
  }

  TEST_CASE("as the last event of a stream it fits the framing") {
    const ApiError error{.kind = ErrorKind::UpstreamFailed, .message = "Cut."};
    CHECK(renderGeminiErrorEvent(error, GeminiFraming::Sse) ==
          "data: {\"error\":{\"code\":502,\"message\":\"Cut.\",\"status\":\"INTERNAL\"}}\n\n");
    CHECK(renderGeminiErrorEvent(error, GeminiFraming::Array) ==
          ",\r\n{\"error\":{\"code\":502,\"message\":\"Cut.\",\"status\":\"INTERNAL\"}}]");
  }
}
