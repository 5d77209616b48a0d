#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// From least to most.
enum class Caller { Nobody, Stranger, Viewer, Member, Admin, Owner };
constexpr const char* kCallers[] = {"nobody", "stranger", "viewer", "member", "admin", "owner"};

// One route: who may at least, what they are answered, and how to make a request that succeeds. The
// path is made anew for every caller, since many requests can succeed only once.
struct Row {
  Caller least;
  int success;
  std::function<std::string(Api& owner)> path;
  std::string body = "";
};

std::string uniqueName() {
  static int count = 0;
  return "n" + std::to_string(++count);
}

std::string made(Api& owner, const std::string& path, const std::string& body) {
  const Answer answer = owner.post(kBase + path, body);
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return path + "/" + dataText(answer, "id");
}

std::string project(Api& owner) {
  return made(owner, "/projects", R"({"name":")" + uniqueName() + R"("})");
}
std::string apiKey(Api& owner) {
  return made(owner, "/api-keys", R"({"name":"k","project_id":"default"})");
}
std::string managementKey(Api& owner) {
  return made(owner, "/management-keys", R"({"name":"k","role":"viewer"})");
}
std::string demoProvider(Api& owner) {
  return made(owner, "/providers", R"({"vendor":"demo","name":")" + uniqueName() + R"("})");
}
std::string configBody(Api& owner) {
  const std::string id = listAll(owner, "/providers", "id").at(0);
  return R"({"name":")" + uniqueName() +
         R"(","project_id":"default","policy":"single","config":{"model":"m",)" +
         R"("provider_credential_id":")" + id + R"("}})";
}
std::string routingConfig(Api& owner) { return made(owner, "/routing-configs", configBody(owner)); }
std::string loggedRequest(Api& owner) {
  return "/logs/" + listAll(owner, "/logs", "request_id").at(0);
}

std::function<std::string(Api&)> at(std::string path) {
  return [path](Api&) { return path; };
}
std::function<std::string(Api&)> below(std::string (*parent)(Api&), std::string rest) {
  return [parent, rest](Api& owner) { return parent(owner) + rest; };
}

// A body with "$name" in it gets a name of its own; "$provider", the id of a provider.
std::map<std::string, Row> matrix() {
  const std::string config =
      R"({"name":"$name","project_id":"default","policy":"single","config":{"model":"m","provider_credential_id":"$provider"}})";
  return {
      {"GET /orgs/{id}", {Caller::Viewer, 200, at("/orgs/current")}},
      {"GET /projects", {Caller::Viewer, 200, at("/projects")}},
      {"POST /projects", {Caller::Admin, 201, at("/projects"), R"({"name":"$name"})"}},
      {"GET /projects/{project_id}", {Caller::Viewer, 200, project}},
      {"PATCH /projects/{project_id}", {Caller::Admin, 200, project, R"({"description":"d"})"}},
      {"DELETE /projects/{project_id}", {Caller::Admin, 200, project}},
      {"GET /api-keys", {Caller::Viewer, 200, at("/api-keys")}},
      {"POST /api-keys",
       {Caller::Member, 201, at("/api-keys"), R"({"name":"k","project_id":"default"})"}},
      {"GET /api-keys/{key_id}", {Caller::Viewer, 200, apiKey}},
      {"PATCH /api-keys/{key_id}", {Caller::Member, 200, apiKey, R"({"name":"l"})"}},
      {"DELETE /api-keys/{key_id}", {Caller::Member, 200, apiKey}},
      {"POST /api-keys/{key_id}/rotate", {Caller::Member, 200, below(apiKey, "/rotate")}},
      {"GET /management-keys", {Caller::Admin, 200, at("/management-keys")}},
      {"POST /management-keys",
       {Caller::Admin, 201, at("/management-keys"), R"({"name":"k","role":"viewer"})"}},
      {"GET /management-keys/{key_id}", {Caller::Admin, 200, managementKey}},
      {"DELETE /management-keys/{key_id}", {Caller::Admin, 200, managementKey}},
      {"POST /management-keys/{key_id}/rotate",
       {Caller::Admin, 200, below(managementKey, "/rotate")}},
      {"GET /providers", {Caller::Viewer, 200, at("/providers")}},
      {"POST /providers",
       {Caller::Admin, 201, at("/providers"), R"({"vendor":"demo","name":"$name"})"}},
      {"GET /providers/{provider_id}", {Caller::Viewer, 200, demoProvider}},
      {"PATCH /providers/{provider_id}",
       {Caller::Admin, 200, demoProvider, R"({"default_model":"m"})"}},
      {"DELETE /providers/{provider_id}", {Caller::Admin, 200, demoProvider}},
      {"GET /routing-configs", {Caller::Viewer, 200, at("/routing-configs")}},
      {"POST /routing-configs", {Caller::Member, 201, at("/routing-configs"), config}},
      {"GET /routing-configs/{config_id}", {Caller::Viewer, 200, routingConfig}},
      {"PATCH /routing-configs/{config_id}",
       {Caller::Member, 200, routingConfig, R"({"name":"l"})"}},
      {"PUT /routing-configs/{config_id}", {Caller::Member, 200, routingConfig, R"({"name":"l"})"}},
      {"DELETE /routing-configs/{config_id}", {Caller::Member, 200, routingConfig}},
      {"GET /routing-configs/{config_id}/versions",
       {Caller::Viewer, 200, below(routingConfig, "/versions")}},
      {"GET /routing-configs/{config_id}/versions/{version}",
       {Caller::Viewer, 200, below(routingConfig, "/versions/1")}},
      {"GET /logs", {Caller::Viewer, 200, at("/logs")}},
      {"GET /logs/{request_id}", {Caller::Viewer, 200, loggedRequest}},
  };
}

std::string filled(std::string body, Api& owner) {
  const auto replace = [&](const std::string& mark, const std::string& text) {
    const size_t found = body.find(mark);
    if (found != std::string::npos) body.replace(found, mark.size(), text);
  };
  replace("$name", uniqueName());
  if (contains(body, "$provider")) replace("$provider", listAll(owner, "/providers", "id").at(0));
  return body;
}

std::vector<Api> callers(const Gateway& gateway) {
  const std::string& url = gateway.manageUrl();
  return {Api(url, ""),
          Api(url, "mlx_mk_" + std::string(40, 'x')),
          withRole(gateway, "viewer"),
          withRole(gateway, "member"),
          withRole(gateway, "admin"),
          withRole(gateway, "owner")};
}

int expectedStatus(const Row& row, Caller caller) {
  if (caller <= Caller::Stranger) return 401;
  return caller < row.least ? 403 : row.success;
}

}  // namespace

TEST_SUITE("manage/auth") {
  TEST_CASE("every route answers every caller as the matrix says") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    REQUIRE(proxyOf(gateway).get("/v1/models").status == 200);
    REQUIRE(proxyOf(gateway)
                .post("/v1/chat/completions",
                      R"({"model":"@default","messages":[{"role":"user","content":"x"}]})")
                .status == 200);
    const auto rows = matrix();
    auto everybody = callers(gateway);
    size_t routes = 0;
    for (const RouteName& route : routeNames()) {
      if (route.api != "manage" || !route.path.starts_with(std::string(kBase) + "/")) continue;
      ++routes;
      const std::string name = route.method + " " + route.path.substr(std::string(kBase).size());
      REQUIRE_MESSAGE(rows.contains(name), name, " has no row in the matrix");
      const Row& row = rows.at(name);
      for (size_t i = 0; i < everybody.size(); ++i) {
        const std::string path = kBase + row.path(owner);
        const Answer answer = everybody[i].send(route.method, path, filled(row.body, owner));
        INFO(kCallers[i], ": ", name, ": ", answer.body.substr(0, 300));
        CHECK(answer.status == expectedStatus(row, static_cast<Caller>(i)));
        if (answer.status == 401) CHECK(errorCode(answer) == "invalid_api_key");
        if (answer.status == 403) CHECK(errorCode(answer) == "forbidden");
      }
    }
    CHECK(routes == rows.size());
  }

  TEST_CASE("only a Bearer management key opens the door, and no answer repeats it") {
    Gateway gateway = quietGateway();
    const std::string key = gateway.managementKey();
    struct Case {
      const char* name;
      httplib::Headers headers;
      int status;
    };
    for (const Case& c : std::vector<Case>{
             {"Bearer", {{"Authorization", "Bearer " + key}}, 200},
             {"any case of the scheme", {{"authorization", "bearer " + key}}, 200},
             {"no scheme", {{"Authorization", key}}, 401},
             {"Basic", {{"Authorization", "Basic " + key}}, 401},
             {"x-api-key", {{"Authorization", ""}, {"x-api-key", key}}, 401},
             {"a project key", {{"Authorization", "Bearer " + gateway.projectKey()}}, 401},
             {"a key cut short",
              {{"Authorization", "Bearer " + key.substr(0, key.size() - 1)}},
              401},
             {"a key with more behind it", {{"Authorization", "Bearer " + key + "x"}}, 401},
             {"a long key", {{"Authorization", "Bearer mlx_mk_" + std::string(4000, 'a')}}, 401},
             {"twice",
              {{"Authorization", "Bearer " + key}, {"Authorization", "Bearer " + key}},
              401},
         }) {
      INFO(c.name);
      Api nobody(gateway.manageUrl(), "");
      const Answer answer = nobody.send("GET", "/manage/v1/projects", "", c.headers);
      CHECK(answer.status == c.status);
      CHECK_FALSE(contains(answer.body, key.substr(0, 20)));
      if (answer.status == 401) CHECK(answer.header("WWW-Authenticate") == "Bearer");
    }
  }

  TEST_CASE("a revoked management key fails from the answer on") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    for (int i = 0; i < 20; ++i) {
      const Answer made =
          owner.post("/manage/v1/management-keys", R"({"name":"k","role":"viewer"})");
      Api temporary(gateway.manageUrl(), dataText(made, "key"));
      REQUIRE(temporary.get("/manage/v1/projects").status == 200);
      REQUIRE(owner.del("/manage/v1/management-keys/" + dataText(made, "id")).status == 200);
      CHECK(temporary.get("/manage/v1/projects").status == 401);
    }
  }
}
