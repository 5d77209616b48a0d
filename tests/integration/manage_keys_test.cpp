#include <doctest/doctest.h>

#include <string>

#include "base/digest.h"
#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

int modelsStatus(const Gateway& gateway, const std::string& key) {
  return Api(gateway.proxyUrl(), key).get("/v1/models").status;
}

}  // namespace

TEST_SUITE("manage/api_keys") {
  TEST_CASE("a key is shown once and works at once") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made =
        api.post("/manage/v1/api-keys", R"({"name":"ci","expires_in_days":2,"rate_limit_rpm":7})");
    CHECK(made.status == 201);
    const std::string key = dataText(made, "key");
    CHECK(key.starts_with("mlx_sk_"));
    CHECK(dataText(made, "prefix") == key.substr(0, 11));
    CHECK(dataText(made, "last_four") == key.substr(key.size() - 4));
    CHECK(dataText(made, "rate_limit_rpm") == "7");
    CHECK(modelsStatus(gateway, key) == 200);
    const std::string path = "/api-keys/" + dataText(made, "id");
    const std::vector<std::string> secrets{key, key.substr(12, 20), hex(sha256(key)),
                                           "\"key\":", "hash"};
    runScenarios(
        api,
        {{"read", "GET", path, "", 200, {R"("status":"active")"}, secrets},
         {"list", "GET", "/api-keys", "", 200, {R"("name":"ci")"}, secrets},
         {"change",
          "PATCH",
          path,
          R"({"name":"cd","description":"d","rateLimitRpm":9})",
          200,
          {R"("name":"cd")", R"("rate_limit_rpm":9)"},
          secrets},
         {"clear the limit",
          "PATCH",
          path,
          R"({"rate_limit_rpm":null})",
          200,
          {R"("rate_limit_rpm":null)", R"("name":"cd")"},
          secrets},
         {"unknown field", "PATCH", path, R"({"project_id":"default"})", 422, {"/project_id"}}});
  }

  TEST_CASE("a rotated key's old secret fails at once, its new one works") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post("/manage/v1/api-keys", R"({"name":"k"})");
    std::string old_key = dataText(made, "key");
    for (int i = 0; i < 20; ++i) {
      const Answer rotated =
          api.post("/manage/v1/api-keys/" + dataText(made, "id") + "/rotate", "");
      REQUIRE(rotated.status == 200);
      const std::string new_key = dataText(rotated, "key");
      CHECK(modelsStatus(gateway, old_key) == 401);
      CHECK(modelsStatus(gateway, new_key) == 200);
      old_key = new_key;
    }
  }

  TEST_CASE("a revoked key fails at once and stays revoked") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post("/manage/v1/api-keys", R"({"name":"k"})");
    const std::string path = "/api-keys/" + dataText(made, "id");
    runScenarios(api,
                 {{"revoke", "DELETE", path, "", 200, {R"("deleted":true)"}},
                  {"again", "DELETE", path, "", 200, {R"("deleted":true)"}},
                  {"read", "GET", path, "", 200, {R"("status":"revoked")"}},
                  {"rotate", "POST", path + "/rotate", "", 409, {"api_key_revoked"}, {"mlx_sk_"}},
                  {"change", "PATCH", path, R"({"name":"x"})", 409, {"api_key_revoked"}}});
    CHECK(modelsStatus(gateway, dataText(made, "key")) == 401);
  }

  TEST_CASE("with several projects a key says which, and lists are filtered by it") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(api.post("/manage/v1/projects", R"({"name":"Two"})").status == 201);
    REQUIRE(api.post("/manage/v1/api-keys", R"({"name":"in two","project_id":"two"})").status ==
            201);
    REQUIRE(api.post("/manage/v1/api-keys", R"({"name":"in default"})").status == 201);
    CHECK(listAll(api, "/api-keys?project_id=two", "name") == std::vector<std::string>{"in two"});
    CHECK(listAll(api, "/api-keys", "name").size() == 3);
  }
}

TEST_SUITE("manage/management_keys") {
  TEST_CASE("the last owner's key cannot be revoked, the last but one can") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string first = listAll(api, "/management-keys", "id").at(0);
    runScenarios(api, {{"last", "DELETE", "/management-keys/" + first, "", 409, {"last_owner"}}});
    // One that will expire is no other.
    REQUIRE(api.post("/manage/v1/management-keys",
                     R"({"name":"soon","role":"owner","expires_in_days":1})")
                .status == 201);
    runScenarios(api,
                 {{"lasting", "DELETE", "/management-keys/" + first, "", 409, {"last_owner"}}});
    Api second = withRole(gateway, "owner");
    runScenarios(second, {{"not last", "DELETE", "/management-keys/" + first, "", 200, {}}});
    CHECK(api.get("/manage/v1/projects").status == 401);
  }

  TEST_CASE("an owner's key with an end is not the one that always stays") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string first = "/management-keys/" + listAll(api, "/management-keys", "id").at(0);
    const char* ending = R"({"name":"x","role":"owner","expires_in_days":1})";
    const Answer made = api.post("/manage/v1/management-keys", ending);
    REQUIRE(made.status == 201);
    const std::string second = "/management-keys/" + dataText(made, "id");
    runScenarios(api, {{"last", "DELETE", first, "", 409, {"last_owner"}},
                       {"end", "PATCH", first, R"({"expires_in_days":9})", 409, {"last_owner"}},
                       {"ending", "DELETE", second, "", 200, {}}});
  }

  TEST_CASE("nobody gets more than they have") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    Api admin = withRole(gateway, "admin");
    const std::string owners_key = listAll(owner, "/management-keys", "id").at(0);
    runScenarios(admin,
                 {{"mint",
                   "POST",
                   "/management-keys",
                   R"({"name":"x","role":"owner"})",
                   403,
                   {"forbidden"},
                   {"mlx_mk_"}},
                  {"rotate",
                   "POST",
                   "/management-keys/" + owners_key + "/rotate",
                   "",
                   403,
                   {"forbidden"},
                   {"mlx_mk_"}},
                  {"revoke", "DELETE", "/management-keys/" + owners_key, "", 403, {"forbidden"}},
                  {"mint their like",
                   "POST",
                   "/management-keys",
                   R"({"name":"x","role":"admin"})",
                   201,
                   {"mlx_mk_"}}});
    CHECK(owner.get("/manage/v1/projects").status == 200);
  }

  TEST_CASE("a rotated management key's old secret fails at once") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const std::string id = listAll(owner, "/management-keys", "id").at(0);
    const Answer rotated = owner.post("/manage/v1/management-keys/" + id + "/rotate", "");
    REQUIRE(rotated.status == 200);
    CHECK(owner.get("/manage/v1/projects").status == 401);
    CHECK(Api(gateway.manageUrl(), dataText(rotated, "key")).get("/manage/v1/projects").status ==
          200);
  }
}
