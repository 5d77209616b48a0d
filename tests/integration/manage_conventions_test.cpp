#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

TEST_SUITE("manage/conventions") {
  TEST_CASE("both base paths serve the same") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    CHECK(api.get("/manage/v1/projects").body == api.get("/api/manage/v1/projects").body);
  }

  TEST_CASE("edges answer in the envelope, with a request id under both names") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    struct Case {
      const char* method;
      const char* path;
      int status;
    };
    for (const Case& c :
         {Case{"GET", "/manage/v1/nothing", 404}, Case{"GET", "/", 404},
          Case{"DELETE", "/manage/v1/projects", 405}, Case{"PUT", "/manage/v1/logs", 405}}) {
      const Answer answer = api.send(c.method, c.path, "");
      INFO(c.path);
      CHECK(answer.status == c.status);
      CHECK(errorCode(answer) != "");
      CHECK(answer.header("X-Modelux-Request-Id").size() == 36);
      CHECK(answer.header("Request-Id") == answer.header("X-Modelux-Request-Id"));
    }
    CHECK(api.send("DELETE", "/manage/v1/projects", "").header("Allow") ==
          "GET, HEAD, POST, OPTIONS");
  }

  TEST_CASE("bodies that are no JSON object are refused") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    for (const char* path :
         {"/projects", "/api-keys", "/management-keys", "/providers", "/routing-configs"}) {
      INFO(path);
      runScenarios(
          api, {{"empty", "POST", path, "", 400, {"invalid_json"}},
                {"not JSON", "POST", path, "{", 400, {"invalid_json"}},
                {"an array", "POST", path, "[]", 400, {"object"}},
                {"a string", "POST", path, "\"x\"", 400, {"object"}},
                {"two values", "POST", path, "{}{}", 400, {"invalid_json"}},
                {"a key twice", "POST", path, R"({"name":"a","name":"b"})", 400, {"name"}},
                {"deep", "POST", path, std::string(70, '[') + std::string(70, ']'), 400, {"deep"}},
                {"large", "POST", path, "\"" + std::string(2 << 20, 'x') + "\"", 413, {}},
                {"bad UTF-8", "POST", path, "{\"name\":\"\xff\"}", 400, {"UTF-8"}}});
    }
  }

  TEST_CASE("another content type is refused") {
    Gateway gateway = quietGateway();
    httplib::Client client(gateway.manageUrl());
    const httplib::Headers headers{{"Authorization", "Bearer " + gateway.managementKey()}};
    const auto form = client.Post("/manage/v1/projects", headers, R"({"name":"a"})",
                                  "application/x-www-form-urlencoded");
    REQUIRE(form);
    CHECK(form->status == 415);
    const auto charset = client.Post("/manage/v1/projects", headers, R"({"name":"a"})",
                                     "application/json; charset=utf-8");
    REQUIRE(charset);
    CHECK(charset->status == 201);
  }

  TEST_CASE("all invalid fields are reported at once, unknown ones included") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    struct Case {
      const char* path;
      const char* body;
      std::vector<std::string> params;
    };
    for (
        const Case& c : std::vector<Case>{
            {"/projects",
             R"({"slug":"A B","settings":{"x":1,"retain_payloads":"yes"},"nme":1})",
             {"/name", "/slug", "/settings/retain_payloads", "/settings/x", "/nme"}},
            {"/api-keys",
             R"({"name":"","projectId":"nope","rate_limit_rpm":0,"expiresInDays":"soon","x":null})",
             {"/projectId", "/name", "/rate_limit_rpm", "/expiresInDays", "/x"}},
            {"/management-keys",
             R"({"name":5,"role":"king","expires_in_days":99999})",
             {"/name", "/role", "/expires_in_days"}},
            {"/providers",
             R"({"vendor":"acme","name":"A B","api_key":"a b","base_url":"nowhere","private":1})",
             {"/vendor", "/name", "/api_key", "/private", "/base_url"}},
            {"/routing-configs",
             R"({"slug":"!","policy":"single","config":{"model":5,"x":1}})",
             {"/name", "/slug", "/config/model", "/config/x"}},
        }) {
      const Answer answer = api.post(std::string(kBase) + c.path, c.body);
      INFO(c.path, answer.body);
      CHECK(answer.status == 422);
      CHECK(errorCode(answer) == "validation_error");
      const auto params = errorParams(answer);
      CHECK(params.size() == c.params.size());
      for (const std::string& param : c.params) {
        CHECK_MESSAGE(std::find(params.begin(), params.end(), param) != params.end(), param);
      }
    }
  }

  TEST_CASE("names are one line of characters that can be seen") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    for (const char* path : {"/projects", "/api-keys", "/management-keys", "/providers",
                             "/routing-configs", "/budgets"}) {
      INFO(path);
      runScenarios(api, {{"a line break",
                          "POST",
                          path,
                          R"({"name":"a\nb"})",
                          422,
                          {R"("param":"/name")", "control characters"}}});
    }
  }

  TEST_CASE("unknown ids answer 404 with the resource's code") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    runScenarios(
        api,
        {{"project", "GET", "/projects/proj_x", "", 404, {"\"project_not_found\"", "\"proj_x\""}},
         {"deleting it", "DELETE", "/projects/proj_x", "", 404, {"project_not_found"}},
         {"key", "PATCH", "/api-keys/key_x", "{}", 404, {"api_key_not_found"}},
         {"rotating it", "POST", "/api-keys/key_x/rotate", "", 404, {"api_key_not_found"}},
         {"management key",
          "GET",
          "/management-keys/mkey_x",
          "",
          404,
          {"management_key_not_found"}},
         {"provider", "PATCH", "/providers/prov_x", "{}", 404, {"provider_not_found"}},
         {"config",
          "GET",
          "/routing-configs/@missing",
          "",
          404,
          {R"("type":"not_found")", R"("routing_config @missing not found")",
           R"("resource":"routing_config","id":"@missing")"}},
         {"version",
          "GET",
          "/routing-configs/@default/versions/9",
          "",
          404,
          {"routing_config_version_not_found"}},
         {"log", "GET", "/logs/nope", "", 404, {"log_not_found"}},
         {"filter", "GET", "/api-keys?project_id=nope", "", 404, {"project_not_found"}},
         {"organization", "GET", "/orgs/org_x", "", 404, {"organization_not_found"}}});
  }

  TEST_CASE("pages are stable while things are added") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const auto add = [&](int i) {
      REQUIRE(
          api.post("/manage/v1/api-keys", R"({"name":"k)" + std::to_string(i) + R"("})").status ==
          201);
    };
    for (int i = 0; i < 25; ++i) add(i);
    const auto before = listAll(api, "/api-keys", "id", 200);
    std::vector<std::string> seen;
    std::string cursor;
    do {
      const Answer page =
          api.get("/manage/v1/api-keys?limit=7" + (cursor.empty() ? "" : "&cursor=" + cursor));
      const auto document = parsed(page.body);
      for (const auto item : document.root().find("data")->elements())
        seen.emplace_back(*item.stringAt("id"));
      cursor = document.root().stringAt("next_cursor").value_or("");
      if (seen.size() < 20) add(100);
    } while (!cursor.empty());
    REQUIRE(seen.size() >= before.size());
    CHECK(std::vector<std::string>(seen.begin(),
                                   seen.begin() + static_cast<int64_t>(before.size())) == before);
    std::sort(seen.begin(), seen.end());
    CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  }

  TEST_CASE("wrong query parameters are refused, each named") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    runScenarios(api, {{"limits", "GET", "/projects?limit=0", "", 422, {"\"limit\""}},
                       {"cursor", "GET", "/projects?cursor=abc", "", 422, {"\"cursor\""}},
                       {"several",
                        "GET",
                        "/logs?limit=999&status=200&start=now&tags=x",
                        "",
                        422,
                        {"\"limit\"", "\"status\"", "\"start\"", "\"tags\""}}});
  }

  TEST_CASE("the documents are served to everybody") {
    Gateway gateway = quietGateway();
    Api nobody(gateway.manageUrl(), "");
    for (const char* path : {"/openapi.yaml", "/openapi-proxy.yaml"}) {
      const Answer answer = nobody.get(path);
      CHECK(answer.status == 200);
      CHECK(answer.body.starts_with("openapi: 3.1.0\n"));
    }
  }
}
