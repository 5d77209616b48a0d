#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr const char* kSecret = "sk-canary-3141592653589793";
const std::vector<std::string> kNever{kSecret, "3141592653", "canary"};

}  // namespace

TEST_SUITE("manage/providers") {
  TEST_CASE("a credential goes in and never comes out") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made =
        api.post("/manage/v1/providers", R"({"verify":false,"vendor":"openai","name":"main","api_key":")" +
                                             std::string(kSecret) + R"("})");
    CHECK(made.status == 201);
    CHECK(dataText(made, "api_key_fingerprint") == "sk-c...9793");
    CHECK(dataText(made, "default_model") == "gpt-4o-mini");
    CHECK(dataText(made, "default") == "true");
    CHECK_FALSE(contains(made.body, kSecret));
    const std::string path = "/providers/" + dataText(made, "id");
    runScenarios(
        api,
        {{"read", "GET", path, "", 200, {R"("status":"active")", R"("base_url":null)"}, kNever},
         {"list", "GET", "/providers", "", 200, {R"("name":"demo")", R"("name":"main")"}, kNever},
         {"rename",
          "PATCH",
          path,
          R"({"name":"second"})",
          200,
          {R"("name":"second")", "9793"},
          kNever},
         {"bad key",
          "PATCH",
          path,
          R"({"api_key":"sk-canary 3141592653589793"})",
          422,
          {"/api_key"},
          kNever},
         {"taken name", "PATCH", path, R"({"name":"demo"})", 409, {"name_taken"}, kNever},
         {"new key",
          "PATCH",
          path,
          R"({"verify":false,"api_key":"sk-other-00000000000000001111"})",
          200,
          {"1111"},
          kNever},
         {"vendor stays", "PATCH", path, R"({"vendor":"demo"})", 422, {"/vendor"}, kNever}});
  }

  TEST_CASE("vendors and addresses are checked") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    runScenarios(
        api,
        {{"unknown vendor",
          "POST",
          "/providers",
          R"({"vendor":"acme","name":"x"})",
          422,
          {"/vendor", "openai, demo"}},
         {"no vendor", "POST", "/providers", R"({"name":"x"})", 422, {"/vendor", "is required"}},
         {"no key", "POST", "/providers", R"({"verify":false,"vendor":"openai","name":"x"})", 422, {"/api_key"}},
         {"metadata service",
          "POST",
          "/providers",
          R"({"verify":false,"vendor":"openai","name":"x","baseUrl":"http://169.254.169.254/v1"})",
          422,
          {"/baseUrl", "private"}},
         {"user info",
          "POST",
          "/providers",
          R"({"verify":false,"vendor":"openai","name":"x","base_url":"https://a:b@host/v1"})",
          422,
          {"/base_url"}},
         {"another default",
          "POST",
          "/providers",
          R"({"vendor":"demo","name":"d2","default":true})",
          201,
          {R"("default":true)"}}});
  }

  TEST_CASE(
      "the first real provider takes over @default, and cannot be removed while it serves it") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    FakeUpstream upstream(answering(
        R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"real"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}})"));
    const Answer made =
        api.post("/manage/v1/providers", R"({"verify":false,"vendor":"openai","name":"local","private":true,)"
                                         R"("default_model":"m","base_url":")" +
                                             upstream.baseUrl() + R"("})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const Answer answer =
        proxyOf(gateway).post("/v1/chat/completions",
                              R"({"model":"@default","messages":[{"role":"user","content":"x"}]})");
    CHECK(answer.status == 200);
    CHECK(contains(answer.body, "\"real\""));
    runScenarios(api, {{"in use",
                        "DELETE",
                        "/providers/" + dataText(made, "id"),
                        "",
                        409,
                        {"provider_in_use", "@default"}},
                       {"moved",
                        "GET",
                        "/routing-configs/@default",
                        "",
                        200,
                        {R"("version":2)", dataText(made, "id"), R"("automatic":true)"}}});
  }
}
