#include "dialect/openai_errors.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/openai_errors") {
  TEST_CASE("an error of ours is OpenAI's envelope") {
    const ApiError error = invalidRequest("missing_field", "Missing \"model\"\n", "model");
    CHECK(renderOpenAiError(error) ==
          R"({"error":{"message":"Missing \"model\"\n","type":"invalid_request_error",)"
          R"("param":"model","code":"missing_field"}})");
    const ApiError other{ErrorKind::UpstreamFailed, "all_attempts_failed", "no luck"};
    CHECK(renderOpenAiErrorEvent(other) ==
          "data: {\"error\":{\"message\":\"no luck\",\"type\":\"upstream_error\",\"param\":null,"
          "\"code\":\"all_attempts_failed\"}}\n\n");
  }

  TEST_CASE("a provider's error is found in every shape they use") {
    struct Case {
      std::string body;
      int status;
      std::string message, type, code;
    };
    const std::vector<Case> cases = {
        {R"({"error":{"message":"bad","type":"invalid_request_error","param":"x","code":"c"}})",
         400, "bad", "invalid_request_error", "c"},
        {R"([{"error":{"message":"quota","status":"RESOURCE_EXHAUSTED","code":429}}])", 429,
         "quota", "rate_limit_error", "429"},
        {R"({"error":"model not found"})", 404, "model not found", "not_found", ""},
        {R"({"message":"flat","type":"t","code":null})", 400, "flat", "t", ""},
        {R"({"detail":"Not Found"})", 404, "Not Found", "not_found", ""},
        {R"({"detail":[{"loc":["body"],"msg":"field required"}]})", 422, "field required",
         "invalid_request_error", ""},
        {"404 page not found\n", 404, "404 page not found", "not_found", ""},
        {"<html><body>Bad Gateway</body></html>", 502, "the provider answered with status 502",
         "upstream_error", ""},
        {"", 500, "the provider answered with status 500", "upstream_error", ""},
        {"{\"error\":{}}", 503, "the provider answered with status 503", "upstream_error", ""},
        {"{cut", 500, "the provider answered with status 500", "upstream_error", ""},
        {"[]", 400, "the provider answered with status 400", "invalid_request_error", ""},
        {"\x01\x02", 500, "the provider answered with status 500", "upstream_error", ""},
    };
    for (const Case& c : cases) {
      INFO(c.body);
      const UpstreamError error = parseOpenAiError(c.body, c.status);
      CHECK(error.message == c.message);
      CHECK(error.type == c.type);
      CHECK(error.code == c.code);
      CHECK(json::parse(renderOpenAiError(error)));
    }
  }

  TEST_CASE("a provider's message is bounded and holds no key") {
    const auto keyed = parseOpenAiError(
        R"({"error":{"message":"Incorrect API key provided: sk-proj-abcdefghijklmnop1234."}})",
        401);
    CHECK(keyed.message.find("abcdefghijkl") == std::string::npos);
    const auto longer = parseOpenAiError(std::string(5000, 'x'), 500);
    CHECK(longer.message.size() < 2100);
  }
}
