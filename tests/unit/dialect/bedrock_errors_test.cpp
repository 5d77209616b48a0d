#include "dialect/bedrock_errors.h"

#include <doctest/doctest.h>

#include "dialect/error_class.h"

using namespace penstock::dialect;

TEST_SUITE("dialect/bedrock_errors") {
  TEST_CASE("the type is the header's, else the body's") {
    const UpstreamError header = parseBedrockError(
        R"({"message":"Slow down."})", 429, "ThrottlingException:http://internal.amazon.com/x/");
    CHECK(header.message == "Slow down.");
    CHECK(header.type == "ThrottlingException");
    CHECK(classOf(header, 429) == ErrorClass::RateLimit);
    const UpstreamError body = parseBedrockError(
        R"({"__type":"com.amazon.coral.service#UnrecognizedClientException","Message":"Who?"})",
        403);
    CHECK(body.message == "Who?");
    CHECK(body.type == "UnrecognizedClientException");
    CHECK(classOf(body, 403) == ErrorClass::Authentication);
  }

  TEST_CASE("within a stream the type says the class") {
    const auto class_of = [](const char* type) {
      return classOf(parseBedrockError(R"({"message":"m"})", 502, type), 502);
    };
    CHECK(class_of("throttlingException") == ErrorClass::RateLimit);
    CHECK(class_of("serviceUnavailableException") == ErrorClass::Overloaded);
    CHECK(class_of("modelStreamErrorException") == ErrorClass::Server);
    CHECK(class_of("validationException") == ErrorClass::InvalidRequest);
    CHECK(class_of("somethingNew") == ErrorClass::Server);
  }

  TEST_CASE("bodies that are odd name the status") {
    CHECK(parseBedrockError("", 500).message == "the provider answered with status 500");
    CHECK(parseBedrockError("{}", 424).message == "the provider answered with status 424");
  }
}
