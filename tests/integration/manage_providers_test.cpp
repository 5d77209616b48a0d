#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

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
    const Answer made = api.post("/manage/v1/providers",
                                 R"({"verify":false,"vendor":"openai","name":"main","api_key":")" +
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
          {"/vendor", "openai, anthropic", "azure_openai", "demo"}},
         {"no vendor", "POST", "/providers", R"({"name":"x"})", 422, {"/vendor", "is required"}},
         {"no key",
          "POST",
          "/providers",
          R"({"verify":false,"vendor":"openai","name":"x"})",
          422,
          {"/api_key"}},
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

  TEST_CASE("credentials that are more than a key go in and never come out, in documents neither") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post(
        "/manage/v1/providers",
        R"({"verify":false,"vendor":"bedrock","name":"aws","region":"eu-west-1","credentials":)"
        R"({"kind":"aws_keys","access_key_id":"AKID1","secret_access_key":")" +
            std::string(kSecret) + R"(","session_token":"canary-session-token"}})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const std::string path = "/providers/" + dataText(made, "id");
    const std::string id = "/audit-logs?resource_id=" + dataText(made, "id");
    runScenarios(
        api, {{"read",
               "GET",
               path,
               "",
               200,
               {R"("kind":"aws_keys","access_key_id":"AKID1","secret_fingerprint":"sk-c...9793")",
                R"("region":"eu-west-1")"},
               {kSecret, "canary"}},
              {"other region",
               "PATCH",
               path,
               R"({"verify":false,"region":"us-east-1"})",
               200,
               {R"("region":"us-east-1")", "9793"},
               {"canary"}},
              {"moved",
               "PATCH",
               path,
               R"({"verify":false,"base_url":"https://evil.example.com"})",
               422,
               {"/credentials", "again"},
               {"canary"}},
              {"document",
               "GET",
               "/config/export",
               "",
               200,
               {R"("credentials":{"kind":"aws_keys","access_key_id":"AKID1"})",
                R"("region":"us-east-1")"},
               {"canary", "9793"}},
              {"audit", "GET", id, "", 200, {"AKID1"}, {"canary"}},
              {"instance's role",
               "PATCH",
               path,
               R"({"verify":false,"credentials":{"kind":"aws_instance"}})",
               200,
               {R"("credentials":{"kind":"aws_instance"})"}},
              {"only at home",
               "PATCH",
               path,
               R"({"verify":false,"base_url":"https://evil.example.com"})",
               422,
               {"/base_url", "own hosts"}}});
  }

  TEST_CASE("a document brings providers of any vendor, with their secrets where it names them") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string azure =
        R"({"name":"az","vendor":"azure","base_url":"https://r.openai.azure.com",)"
        R"("api_version":"2024-10-21","deployments":{"gpt-4o":"mine"},"credentials":)"
        R"({"kind":"entra_client","tenant_id":"t","client_id":"c")";
    const auto apply = [&](const std::string& provider) {
      return api.post("/manage/v1/config/apply",
                      R"({"document":{"version":1,"providers":[)" + provider + "]}}");
    };
    const Answer incomplete = apply(azure + "}}");
    CHECK(incomplete.status == 422);
    CHECK(contains(incomplete.body, "/document/providers/0/credentials/client_secret"));
    CHECK(apply(azure + R"(,"client_secret":"canary-secret"}})").status == 200);
    // What leaves the secret out keeps it: nothing differs.
    const Answer again = apply(azure + "}}");
    CHECK(again.status == 200);
    CHECK(contains(again.body, R"("changes":[])"));
    CHECK_FALSE(contains(again.body, "canary"));
  }

  TEST_CASE(
      "the first real provider takes over @default, and cannot be removed while it serves it") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    FakeUpstream upstream(answering(
        R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"real"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}})"));
    const Answer made =
        api.post("/manage/v1/providers",
                 R"({"verify":false,"vendor":"openai","name":"local","private":true,)"
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

  TEST_CASE("a provider is called before it is taken in, and its new key before the swap") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    // Knows two keys.
    FakeUpstream upstream([](const http::ExchangePtr& exchange) {
      const auto key = exchange->request().headers.get("Authorization");
      const bool good = key == "Bearer sk-good-1" || key == "Bearer sk-good-2";
      exchange->respond({good ? 200 : 401, "application/json", "{}", {}});
    });
    const auto body = [&](const std::string& name, const std::string& key) {
      return R"({"vendor":"openai","private":true,"name":")" + name + R"(","api_key":")" + key +
             R"(","base_url":")" + upstream.baseUrl() + R"("})";
    };
    const Answer refused = api.post("/manage/v1/providers", body("p", "sk-bad"));
    CHECK(refused.status == 422);
    CHECK(errorCode(refused) == "provider_verification_failed");
    CHECK(errorParams(refused) == std::vector<std::string>{"/api_key"});
    CHECK_FALSE(contains(refused.body, "sk-bad"));
    const Answer made = api.post("/manage/v1/providers", body("p", "sk-good-1"));
    REQUIRE_MESSAGE(made.status == 201, made.body);
    CHECK(upstream.seen().back().target == "/v1/models");
    const std::string path = "/manage/v1/providers/p";
    const auto health = [&](const char* name) { return dataText(api.get(path + "/health"), name); };
    CHECK(health("state") == "healthy");
    CHECK(health("last_check_at") != "null");
    CHECK(api.patch(path, R"({"api_key":"sk-bad"})").status == 422);
    CHECK(health("state") == "healthy");  // as the provider is that is in force
    CHECK(dataText(api.post(path + "/verify", "{}"), "ok") == "true");  // the old one is in force
    const size_t calls = upstream.seen().size();
    CHECK(api.patch(path, R"({"default_model":"m"})").status == 200);
    CHECK(upstream.seen().size() == calls);  // nothing to verify
    CHECK(api.patch(path, R"({"api_key":"sk-good-2"})").status == 200);
    CHECK(upstream.seen().back().header("Authorization") == "Bearer sk-good-2");
    CHECK(api.patch(path, R"({"api_key":"sk-bad","verify":false})").status == 200);
    const Answer verified = api.post(path + "/verify", "");
    CHECK(dataText(verified, "ok") == "false");
    CHECK(dataText(verified, "status") == "401");
    CHECK(health("state") == "unhealthy");
    CHECK(errorParams(
              api.patch(path, R"({"api_key":"sk-good-1","base_url":"http://127.0.0.1:1/v1"})")) ==
          std::vector<std::string>{"/base_url"});
  }

  TEST_CASE("providers that never answer hold up nobody but those who add them") {
    Gateway gateway = quietGateway();
    std::vector<http::ExchangePtr> held;
    FakeUpstream silent([&](const http::ExchangePtr& exchange) { held.push_back(exchange); });
    constexpr size_t kAdded = 4;  // as many as there are threads for the rest of the API
    std::vector<std::thread> adders;
    for (size_t i = 0; i < kAdded; ++i) {
      adders.emplace_back([&, i] {
        const Answer refused = manageOf(gateway).post(
            "/manage/v1/providers",
            R"({"vendor":"openai","api_key":"sk-1","private":true,"name":"s)" + std::to_string(i) +
                R"(","base_url":")" + silent.baseUrl() + R"("})");
        CHECK(errorParams(refused) == std::vector<std::string>{"/base_url"});
      });
    }
    CHECK(silent.waitSeen(kAdded));
    CHECK(manageOf(gateway).get("/manage/v1/projects").status == 200);
    CHECK(silent.clientsGone() == 0);  // they wait still
    silent.stop();
    held.clear();
    for (std::thread& adder : adders) adder.join();
  }

  TEST_CASE("a key that is revoked while its provider is verified adds none") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    for (const char* end : {"DELETE", "PATCH"}) {
      const Answer key = owner.post("/manage/v1/management-keys", R"({"name":"a","role":"admin"})");
      const std::string path = "/manage/v1/management-keys/" + dataText(key, "id");
      const bool revoke = end == std::string("DELETE");
      FakeUpstream upstream([&](const http::ExchangePtr& exchange) {
        CHECK(owner.send(end, path, revoke ? "" : R"({"role":"member"})").status == 200);
        exchange->respond({200, "application/json", "{}", {}});
      });
      Api late(gateway.manageUrl(), dataText(key, "key"));
      const Answer made = late.post(
          "/manage/v1/providers",
          R"({"vendor":"openai","private":true,"name":"late","api_key":"sk-x","base_url":")" +
              upstream.baseUrl() + R"("})");
      CHECK(made.status == (revoke ? 401 : 403));
      CHECK(listAll(owner, "/providers", "name") == std::vector<std::string>{"demo"});
    }
  }
}
