#include "provider/failure.h"

#include <doctest/doctest.h>

using namespace penstock;
using provider::classify;
using provider::FailureClass;

TEST_SUITE("provider/failure") {
  TEST_CASE("an error answer is what its status and its words say") {
    struct Row {
      int status;
      const char* body;
      FailureClass expected;
    };
    const Row rows[] = {
        {429, R"({"error":{"message":"slow down","code":"rate_limit_exceeded"}})",
         FailureClass::Rate},
        {429, R"({"error":{"message":"quota","type":"insufficient_quota"}})", FailureClass::Money},
        {402, "", FailureClass::Money},
        {400, R"({"error":{"message":"no credit","type":"billing_error"}})", FailureClass::Money},
        {503, "", FailureClass::Overload},
        {529, "", FailureClass::Overload},
        {500, "", FailureClass::Fault},
        {502, "<html>", FailureClass::Fault},
        {504, "", FailureClass::Timeout},
        {408, "", FailureClass::Timeout},
        {401, "", FailureClass::Credential},
        {403, "", FailureClass::Credential},
        {404, R"({"error":{"code":"model_not_found"}})", FailureClass::NoModel},
        {404, "model \"x\" not found, try pulling it first", FailureClass::NoModel},
        {400, R"({"error":{"message":"m","code":"context_length_exceeded"}})", FailureClass::Shape},
        {400, R"({"error":{"message":"This model's maximum context length is 8192 tokens."}})",
         FailureClass::Shape},
        {413, R"({"error":{"message":"prompt is too long: 210000 tokens"}})", FailureClass::Shape},
        {413,
         R"({"error":{"message":"Request too large for model `m` on tokens per minute (TPM): Limit )"
         R"(6000, Requested 8000","type":"tokens","code":"rate_limit_exceeded"}})",
         FailureClass::Shape},
        {404, R"({"error":{"message":"Item with id 'rs_1' not found.","param":"input"}})",
         FailureClass::Caller},
        {404, R"({"error":{"message":"m","code":"previous_response_not_found"}})",
         FailureClass::Caller},
        {400, R"({"error":{"message":"m","code":"content_filter"}})", FailureClass::Policy},
        {400, R"({"error":{"message":"unknown field","code":"invalid_type"}})",
         FailureClass::Caller},
        {422, "", FailureClass::Caller},
        {302, "", FailureClass::Fault},
    };
    for (const Row& row : rows) {
      INFO(row.status, " ", row.body);
      CHECK(classify(row.status, dialect::parseOpenAiError(row.body, row.status)) == row.expected);
    }
  }
}
