#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr const char* kChat = R"({"model":"@default","messages":[{"role":"user","content":"x"}]})";

}  // namespace

TEST_SUITE("manage/projects") {
  TEST_CASE("a project is created, read, changed and deleted") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made =
        api.post("/manage/v1/projects", R"({"name":"Support Bot","description":"d"})");
    CHECK(made.status == 201);
    CHECK(dataText(made, "slug") == "support-bot");
    CHECK(contains(made.body,
                   R"("settings":{"auto_resolve_bare_model":true,"retain_payloads":false,)"));
    CHECK(contains(
        made.body,
        R"("budget_bare_models":true,"unsupported_parameters":"drop","unknown_files":"refuse","guardrails":[]})"));
    const std::string path = "/projects/" + dataText(made, "id");
    runScenarios(
        api,
        {{"read", "GET", path, "", 200, {R"({"data":{"id":"proj_)", R"("description":"d")"}},
         {"camelCase",
          "PATCH",
          path,
          R"({"settings":{"retainPayloads":true}})",
          200,
          {R"("retain_payloads":true)", R"("name":"Support Bot")"}},
         {"slug", "PATCH", path, R"({"slug":"bot"})", 200, {R"("slug":"bot")"}},
         {"taken slug", "PATCH", path, R"({"slug":"default"})", 409, {"slug_taken", "\"/slug\""}},
         {"taken slug of a new one",
          "POST",
          "/projects",
          R"({"name":"Default"})",
          409,
          {"slug_taken"}},
         {"no letters", "POST", "/projects", R"({"name":"!!!"})", 422, {"/slug"}},
         {"delete", "DELETE", path, "", 200, {R"("deleted":true)"}},
         {"gone", "GET", path, "", 404, {"project_not_found"}},
         {"slug is free", "POST", "/projects", R"({"name":"bot"})", 201, {}}});
    CHECK(listAll(api, "/projects", "slug") == std::vector<std::string>{"default", "bot"});
    CHECK(listAll(api, "/projects?include_deleted=true", "slug").size() == 3);
  }

  TEST_CASE("a new project has a working @default") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(api.post("/manage/v1/projects", R"({"name":"Two"})").status == 201);
    const Answer key = api.post("/manage/v1/api-keys", R"({"name":"k","project_id":"two"})");
    REQUIRE(key.status == 201);
    Api proxy(gateway.proxyUrl(), dataText(key, "key"));
    CHECK(proxy.post("/v1/chat/completions", kChat).status == 200);
  }

  TEST_CASE("deleting a project revokes its keys at once") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer project = api.post("/manage/v1/projects", R"({"name":"Two"})");
    const Answer key = api.post("/manage/v1/api-keys", R"({"name":"k","projectId":"two"})");
    Api proxy(gateway.proxyUrl(), dataText(key, "key"));
    REQUIRE(proxy.get("/v1/models").status == 200);
    REQUIRE(api.del("/manage/v1/projects/" + dataText(project, "id")).status == 200);
    CHECK(proxy.get("/v1/models").status == 401);
    CHECK(contains(api.get("/manage/v1/api-keys/" + dataText(key, "id")).body,
                   R"("status":"revoked")"));
  }
}
