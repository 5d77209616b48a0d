#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr const char* kRules =
    R"([{"name":"pii","kind":"pii","action":"redact","types":["email"]},)"
    R"({"name":"hook","kind":"webhook","url":"https://guard.example.com/check"}])";
// As they are shown: complete.
constexpr const char* kShown =
    R"("guardrails":[{"name":"pii","kind":"pii","where":"both","action":"redact","types":["email"]},)"
    R"({"name":"hook","kind":"webhook","where":"both","url":"https://guard.example.com/check",)"
    R"("private":false,"timeout_ms":2000,"fail_open":false}])";
constexpr const char* kPath = "/manage/v1/projects/default";

std::string settings(const std::string& guardrails) {
  return R"({"settings":{"guardrails":)" + guardrails + "}}";
}

std::string madeSecret(const Answer& answer) {
  const auto document = parsed(answer.body);
  const auto made = document.root().find("data")->find("guardrail_secrets");
  if (!made) return "";
  return std::string(*made->at(0).stringAt("signing_secret"));
}

}  // namespace

TEST_SUITE("manage/guardrails") {
  TEST_CASE("rules are set, shown whole, kept and removed") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    CHECK(contains(api.get(kPath).body, R"("guardrails":[])"));
    const Answer set = api.patch(kPath, settings(kRules));
    REQUIRE_MESSAGE(set.status == 200, set.body);
    CHECK(contains(set.body, kShown));
    CHECK(contains(api.get(kPath).body, kShown));
    CHECK(contains(api.patch(kPath, R"({"description":"d"})").body, kShown));
    CHECK(contains(api.patch(kPath, settings("null")).body, R"("guardrails":[])"));
    CHECK(contains(api.get(kPath).body, R"("guardrails":[])"));
    const Answer made =
        api.post("/manage/v1/projects",
                 R"({"name":"New","settings":{"guardrails":)" + std::string(kRules) + "}}");
    CHECK(made.status == 201);
    CHECK(contains(made.body, kShown));
  }

  TEST_CASE("a webhook's secret is shown once, if nobody gave one, and stays") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer set = api.patch(kPath, settings(kRules));
    const std::string secret = madeSecret(set);
    CHECK(secret.starts_with("whsec_"));
    CHECK(set.header("ETag") == api.get(kPath).header("ETag"));
    CHECK(madeSecret(api.patch(kPath, settings(kRules))).empty());
    const std::string given = "canary-0123456789-canary";
    const Answer replaced = api.patch(
        kPath, settings(R"([{"name":"hook","kind":"webhook","url":"https://x.example","secret":")" +
                        given + R"("}])"));
    CHECK(replaced.status == 200);
    CHECK(madeSecret(replaced).empty());
    for (const char* path : {"/projects/default", "/projects", "/audit-logs", "/config/export"}) {
      const Answer answer = api.get(kBase + std::string(path));
      REQUIRE(answer.status == 200);
      CHECK(contains(answer.body, "x.example"));
      CHECK_FALSE(contains(answer.body, given));
      CHECK_FALSE(contains(answer.body, secret));
    }
  }

  TEST_CASE("every invalid field is told") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer answer = api.patch(
        kPath,
        settings(R"([{"name":"a","kind":"regex","action":"block","patterns":["ok","("]},)"
                 R"({"name":"a","kind":"pii","action":"shout","types":["shoe"]},)"
                 R"({"name":"w","kind":"webhook","url":"http://guard.example.com","extra":1}])"));
    CHECK(answer.status == 422);
    CHECK(errorParams(answer) ==
          std::vector<std::string>{"/settings/guardrails/0/patterns/1",
                                   "/settings/guardrails/1/action",
                                   "/settings/guardrails/1/types/0", "/settings/guardrails/1/name",
                                   "/settings/guardrails/2/url", "/settings/guardrails/2/extra"});
    CHECK(contains(answer.body, "the pattern is not valid: missing ): ("));
    CHECK(contains(api.get(kPath).body, R"("guardrails":[])"));
  }

  TEST_CASE("a document carries them, and what is exported is in sync") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(api.patch(kPath, settings(kRules)).status == 200);
    const std::string document = dataText(api.get("/manage/v1/config/export"), "projects");
    CHECK(contains(document, kShown));
    const std::string body = R"({"document":{"version":1,"projects":)" + document + "}}";
    CHECK(contains(api.post("/manage/v1/config/plan", body).body, R"("in_sync":true)"));

    Gateway other = quietGateway();
    Api fresh = manageOf(other);
    const Answer applied = fresh.post("/manage/v1/config/apply", body);
    REQUIRE_MESSAGE(applied.status == 200, applied.body);
    CHECK(contains(applied.body,
                   R"("created_webhook_secrets":[{"project":"default","name":"hook",)"
                   R"("url":"https://guard.example.com/check","signing_secret":"whsec_)"));
    CHECK(contains(fresh.get(kPath).body, kShown));
    CHECK(contains(fresh.post("/manage/v1/config/apply", body).body, R"("in_sync":true)"));
  }
}
