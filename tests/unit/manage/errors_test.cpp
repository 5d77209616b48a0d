#include "manage/errors.h"

#include <doctest/doctest.h>

using namespace penstock;

namespace {

std::string headerOf(const http::Response& response, std::string_view name) {
  return std::string(response.headers.get(name));
}

}  // namespace

TEST_SUITE("manage/errors") {
  TEST_CASE("a plain error has type, message and code only") {
    const auto response = manage::errorResponse(invalidRequest("invalid_json", "no \"JSON\""));
    CHECK(response.status == 400);
    CHECK(response.content_type == "application/json");
    CHECK(
        response.body ==
        R"({"error":{"type":"invalid_request_error","message":"no \"JSON\"","code":"invalid_json"}})");
  }

  TEST_CASE("an unknown thing names its resource and id") {
    const auto response = manage::errorResponse(notFound("routing_config", "@missing"));
    CHECK(response.status == 404);
    CHECK(response.body ==
          R"({"error":{"type":"not_found","message":"routing_config @missing not found",)"
          R"("code":"routing_config_not_found","resource":"routing_config","id":"@missing"}})");
  }

  TEST_CASE("a validation error lists every field") {
    ApiError error = manage::fieldError("/name", "is required");
    error.fields.push_back({"/role", "must be one of a, b"});
    const auto response = manage::errorResponse(error);
    CHECK(response.status == 422);
    CHECK(response.body == R"({"error":{"type":"validation_error","message":"/name: is required",)"
                           R"("code":"validation_error","param":"/name","errors":[)"
                           R"({"param":"/name","message":"is required"},)"
                           R"({"param":"/role","message":"must be one of a, b"}]}})");
  }

  TEST_CASE("what is for the log only is not shown") {
    ApiError error = internalError("disk full at /var/lib/secret");
    CHECK(manage::errorResponse(error).body.find("disk") == std::string::npos);
  }

  TEST_CASE("a 401 says how to authenticate, and shed load says when to come back") {
    CHECK(headerOf(manage::errorResponse({ErrorKind::Unauthorized, "invalid_api_key", "no"}),
                   "WWW-Authenticate") == "Bearer");
    ApiError shed{ErrorKind::Overloaded, "overloaded", "busy"};
    shed.retry_after_ms = 1001;
    CHECK(headerOf(manage::errorResponse(shed), "Retry-After") == "2");
  }

  TEST_CASE("an error that arises before there is an id gets one, under both names") {
    const auto response = manage::renderError(http::Request{}, invalidRequest("x", "y"));
    CHECK(headerOf(response, "X-Modelux-Request-Id").size() == 36);
    CHECK(headerOf(response, "X-Modelux-Request-Id") == headerOf(response, "Request-Id"));
  }

  TEST_CASE("two validation errors become one with the fields of both") {
    const Status first = manage::fieldError("/name", "is required");
    const Status second = manage::fieldError("/config/model", "must be a string");
    const Status both = manage::bothHold(first, second);
    REQUIRE_FALSE(both);
    REQUIRE(both.error().fields.size() == 2);
    CHECK(both.error().fields[1].param == "/config/model");
    CHECK(both.error().param == "/name");
    CHECK(manage::bothHold(Unit{}, second).error().param == "/config/model");
    CHECK(manage::bothHold(first, Unit{}).error().fields.size() == 1);
    CHECK(manage::bothHold(Unit{}, Unit{}));
  }
}
