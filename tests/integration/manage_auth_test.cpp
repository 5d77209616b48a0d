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

// Two projects with a logged request each.
struct Places {
  std::string own, other;  // ids
  std::string own_log, other_log;
  std::string logOf(const std::string& project) const {
    return project == own ? own_log : other_log;
  }
};

// Makes the path of a request that succeeds, anew for every caller, since many can succeed only
// once.
struct Maker {
  Api& owner;
  const Places& places;
  std::string project;  // in which to make it

  std::string made(const std::string& path, const std::string& body) const {
    const Answer answer = owner.post(kBase + path, body);
    REQUIRE_MESSAGE(answer.status == 201, answer.body);
    return path + "/" + dataText(answer, "id");
  }
};
using Path = std::function<std::string(const Maker&)>;

// What a caller confined to one project is answered about another one.
enum class Reach {
  Organization,  // nothing of it belongs to a project: as everybody
  NotFound,      // 404, as if it did not exist
  Refused,       // 422 about the field that names the project
};

// One route: who may at least, what they are answered, and how to make a request that succeeds.
struct Row {
  Caller least;
  int success;
  Reach reach;
  Path path;
  std::string body = "";
};

std::string uniqueName() {
  static int count = 0;
  return "n" + std::to_string(++count);
}

std::string freshProject(const Maker& m) {
  return m.made("/projects", R"({"name":")" + uniqueName() + R"("})");
}
std::string givenProject(const Maker& m) { return "/projects/" + m.project; }
std::string apiKey(const Maker& m) {
  return m.made("/api-keys", R"({"name":"k","project_id":")" + m.project + R"("})");
}
std::string managementKey(const Maker& m) {
  return m.made("/management-keys", R"({"name":"k","role":"viewer"})");
}
std::string member(const Maker& m) {
  return m.made("/members", R"({"role":"viewer","email":")" + uniqueName() + R"(@example.com"})");
}
std::string provider(const Maker& m) {
  return m.made("/providers", R"({"vendor":"demo","name":")" + uniqueName() + R"("})");
}
std::string routingConfig(const Maker& m) {
  return m.made("/routing-configs", R"({"policy":"single","config":{"model":"demo/m"},"name":")" +
                                        uniqueName() + R"(","project_id":")" + m.project + R"("})");
}
std::string budget(const Maker& m) {
  return m.made("/budgets", R"({"scope":"project","cap_usd":1,"name":")" + uniqueName() +
                                R"(","project_id":")" + m.project + R"("})");
}
constexpr const char* kAlert = R"({"threshold_pct":50,"channels":[{"type":"dashboard"}]})";
std::string budgetAlert(const Maker& m) { return m.made(budget(m) + "/alerts", kAlert); }
// A key has one at most, so each gets a key of its own.
std::string balance(const Maker& m) {
  const std::string key = apiKey(m).substr(std::string("/api-keys/").size());
  return m.made("/balances", R"({"credit_usd":50,"api_key_id":")" + key + R"("})");
}
std::string log(const Maker& m) { return "/logs/" + m.places.logOf(m.project); }
std::string endpoint(const Maker& m) {
  return m.made("/webhooks/endpoints", R"({"url":"https://hooks.invalid/hook"})");
}
std::string price(const Maker& m) {
  return m.made("/prices",
                R"({"provider":"openai","pricing":{"input":1},"model":")" + uniqueName() + R"("})");
}
std::string delivery(const Maker& m) {
  const Answer sent = m.owner.post(kBase + endpoint(m) + "/test", "");
  REQUIRE(sent.status == 201);
  return "/webhooks/deliveries/" + dataText(sent, "id");
}
std::string auditEntry(const Maker& m) {
  return "/audit-logs/" + listAll(m.owner, "/audit-logs", "id", 200).at(0);
}

// A stream that ends at once.
std::string endedTail(const Maker& m) { return "/logs/tail?seconds=0&project_id=" + m.project; }

Path at(std::string path) {
  return [path](const Maker&) { return path; };
}
Path below(std::string (*parent)(const Maker&), std::string rest) {
  return [parent, rest](const Maker& m) { return parent(m) + rest; };
}
// A list, filtered by the project.
Path listOf(std::string path) {
  return [path](const Maker& m) { return path + "?project_id=" + m.project; };
}

// In a body "$name" stands for a name of its own, "$project" for the project, "$fresh" for one that
// was just made.
std::map<std::string, Row> matrix() {
  using enum Caller;
  constexpr auto kOrg = Reach::Organization;
  constexpr auto kProj = Reach::NotFound;
  const std::string document = R"({"document":{"version":1}})";
  return {
      {"GET /orgs/{id}", {Viewer, 200, kOrg, at("/orgs/current")}},
      {"PATCH /orgs/{id}", {Owner, 200, kOrg, at("/orgs/current"), R"({"name":"$name"})"}},
      {"GET /members", {Admin, 200, kOrg, at("/members")}},
      {"POST /members",
       {Admin, 201, kOrg, at("/members"), R"({"role":"viewer","email":"$name@b.example"})"}},
      {"GET /members/{member_id}", {Admin, 200, kOrg, member}},
      {"PATCH /members/{member_id}", {Admin, 200, kOrg, member, R"({"name":"l"})"}},
      {"DELETE /members/{member_id}", {Admin, 200, kOrg, member}},
      {"GET /projects", {Viewer, 200, kOrg, at("/projects")}},
      {"POST /projects", {Admin, 201, kOrg, at("/projects"), R"({"name":"$name"})"}},
      {"GET /projects/{project_id}", {Viewer, 200, kProj, givenProject}},
      {"PATCH /projects/{project_id}", {Admin, 200, kProj, givenProject, R"({"description":"d"})"}},
      {"DELETE /projects/{project_id}", {Admin, 200, kOrg, freshProject}},
      {"GET /api-keys", {Viewer, 200, kProj, listOf("/api-keys")}},
      {"POST /api-keys",
       {Member, 201, Reach::Refused, at("/api-keys"), R"({"name":"k","project_id":"$project"})"}},
      {"GET /api-keys/{key_id}", {Viewer, 200, kProj, apiKey}},
      {"PATCH /api-keys/{key_id}", {Member, 200, kProj, apiKey, R"({"name":"l"})"}},
      {"DELETE /api-keys/{key_id}", {Member, 200, kProj, apiKey}},
      {"POST /api-keys/{key_id}/rotate", {Member, 200, kProj, below(apiKey, "/rotate")}},
      {"GET /management-keys", {Admin, 200, kOrg, at("/management-keys")}},
      {"POST /management-keys",
       {Admin, 201, kOrg, at("/management-keys"), R"({"name":"k","role":"viewer"})"}},
      {"GET /management-keys/{key_id}", {Admin, 200, kOrg, managementKey}},
      {"PATCH /management-keys/{key_id}", {Admin, 200, kOrg, managementKey, R"({"name":"l"})"}},
      {"DELETE /management-keys/{key_id}", {Admin, 200, kOrg, managementKey}},
      {"POST /management-keys/{key_id}/rotate",
       {Admin, 200, kOrg, below(managementKey, "/rotate")}},
      {"GET /providers", {Viewer, 200, kOrg, at("/providers")}},
      {"POST /providers",
       {Admin, 201, kOrg, at("/providers"), R"({"vendor":"demo","name":"$name"})"}},
      {"GET /providers/{provider_id}", {Viewer, 200, kOrg, provider}},
      {"PATCH /providers/{provider_id}", {Admin, 200, kOrg, provider, R"({"default_model":"m"})"}},
      {"DELETE /providers/{provider_id}", {Admin, 200, kOrg, provider}},
      {"GET /providers/{provider_id}/health", {Viewer, 200, kOrg, below(provider, "/health")}},
      {"POST /providers/{provider_id}/verify", {Admin, 200, kOrg, below(provider, "/verify")}},
      {"GET /models", {Viewer, 200, kOrg, at("/models")}},
      {"GET /prices", {Viewer, 200, kOrg, at("/prices")}},
      {"POST /prices",
       {Admin, 201, kOrg, at("/prices"),
        R"({"provider":"openai","model":"$name","pricing":{"input":1}})"}},
      {"POST /prices/import", {Admin, 200, kOrg, at("/prices/import"), R"({"litellm":{}})"}},
      {"GET /prices/{price_id}", {Viewer, 200, kOrg, price}},
      {"PATCH /prices/{price_id}", {Admin, 200, kOrg, price, R"({"context_window":5})"}},
      {"DELETE /prices/{price_id}", {Admin, 200, kOrg, price}},
      {"GET /routing-configs", {Viewer, 200, kProj, listOf("/routing-configs")}},
      {"POST /routing-configs",
       {Member, 201, Reach::Refused, at("/routing-configs"),
        R"({"name":"$name","project_id":"$project","policy":"single","config":{"model":"demo/m"}})"}},
      {"GET /routing-configs/{config_id}", {Viewer, 200, kProj, routingConfig}},
      {"PATCH /routing-configs/{config_id}",
       {Member, 200, kProj, routingConfig, R"({"name":"l"})"}},
      {"PUT /routing-configs/{config_id}", {Member, 200, kProj, routingConfig, R"({"name":"l"})"}},
      {"DELETE /routing-configs/{config_id}", {Member, 200, kProj, routingConfig}},
      {"GET /routing-configs/{config_id}/versions",
       {Viewer, 200, kProj, below(routingConfig, "/versions")}},
      {"GET /routing-configs/{config_id}/versions/{version}",
       {Viewer, 200, kProj, below(routingConfig, "/versions/1")}},
      {"GET /routing-configs/{config_id}/diff",
       {Viewer, 200, kProj, below(routingConfig, "/diff")}},
      {"POST /routing-configs/{config_id}/rollback",
       {Member, 200, kProj, below(routingConfig, "/rollback"), R"({"version":1})"}},
      {"POST /routing-configs/{config_id}/dry-run",
       {Viewer, 200, kProj, below(routingConfig, "/dry-run")}},
      {"GET /budgets", {Viewer, 200, kProj, listOf("/budgets")}},
      {"POST /budgets",
       {Member, 201, Reach::Refused, at("/budgets"),
        R"({"name":"$name","scope":"project","project_id":"$project","cap_usd":5})"}},
      {"GET /budgets/{budget_id}", {Viewer, 200, kProj, budget}},
      {"PATCH /budgets/{budget_id}", {Member, 200, kProj, budget, R"({"cap_usd":6})"}},
      {"DELETE /budgets/{budget_id}", {Member, 200, kProj, budget}},
      {"GET /budgets/{budget_id}/status", {Viewer, 200, kProj, below(budget, "/status")}},
      {"GET /budgets/{budget_id}/buckets", {Viewer, 200, kProj, below(budget, "/buckets")}},
      {"GET /budgets/{budget_id}/events", {Viewer, 200, kProj, below(budget, "/events")}},
      {"GET /budgets/{budget_id}/alerts", {Viewer, 200, kProj, below(budget, "/alerts")}},
      {"POST /budgets/{budget_id}/alerts", {Member, 201, kProj, below(budget, "/alerts"), kAlert}},
      {"DELETE /budgets/{budget_id}/alerts/{alert_id}", {Member, 200, kProj, budgetAlert}},
      {"GET /balances", {Viewer, 200, kProj, listOf("/balances")}},
      {"POST /balances", {Admin, 201, kProj, at("/balances"), R"({"project_id":"$fresh"})"}},
      {"GET /balances/{balance_id}", {Viewer, 200, kProj, balance}},
      {"PATCH /balances/{balance_id}", {Admin, 200, kProj, balance, R"({"low_threshold_usd":1})"}},
      {"DELETE /balances/{balance_id}", {Admin, 200, kProj, balance}},
      {"GET /balances/{balance_id}/entries", {Viewer, 200, kProj, below(balance, "/entries")}},
      {"POST /balances/{balance_id}/entries",
       {Admin, 201, kProj, below(balance, "/entries"), R"({"type":"top_up","amount_usd":5})"}},
      {"GET /webhooks/endpoints", {Admin, 200, kOrg, at("/webhooks/endpoints")}},
      {"POST /webhooks/endpoints",
       {Admin, 201, kOrg, at("/webhooks/endpoints"), R"({"url":"https://hooks.invalid/h"})"}},
      {"GET /webhooks/endpoints/{endpoint_id}", {Admin, 200, kOrg, endpoint}},
      {"PATCH /webhooks/endpoints/{endpoint_id}",
       {Admin, 200, kOrg, endpoint, R"({"active":false})"}},
      {"DELETE /webhooks/endpoints/{endpoint_id}", {Admin, 200, kOrg, endpoint}},
      {"POST /webhooks/endpoints/{endpoint_id}/rotate-secret",
       {Admin, 200, kOrg, below(endpoint, "/rotate-secret")}},
      {"POST /webhooks/endpoints/{endpoint_id}/test", {Admin, 201, kOrg, below(endpoint, "/test")}},
      {"GET /webhooks/deliveries", {Admin, 200, kOrg, at("/webhooks/deliveries")}},
      {"GET /webhooks/deliveries/{delivery_id}", {Admin, 200, kOrg, delivery}},
      {"POST /webhooks/deliveries/{delivery_id}/replay",
       {Admin, 201, kOrg, below(delivery, "/replay")}},
      {"GET /webhooks/event-types", {Viewer, 200, kOrg, at("/webhooks/event-types")}},
      {"GET /audit-logs", {Admin, 200, kOrg, at("/audit-logs")}},
      {"GET /audit-logs/verify", {Admin, 200, kOrg, at("/audit-logs/verify")}},
      {"GET /audit-logs/{audit_id}", {Admin, 200, kOrg, auditEntry}},
      {"GET /logs", {Viewer, 200, kProj, listOf("/logs")}},
      {"GET /logs/{request_id}", {Viewer, 200, kProj, log}},
      {"GET /logs/{request_id}/cost", {Viewer, 200, kProj, below(log, "/cost")}},
      {"GET /logs/{request_id}/trace", {Viewer, 200, kProj, below(log, "/trace")}},
      {"GET /logs/tail", {Viewer, 200, kProj, endedTail}},
      {"GET /analytics/report", {Viewer, 200, kProj, listOf("/analytics/report")}},
      {"GET /analytics/decisions", {Viewer, 200, kProj, listOf("/analytics/decisions")}},
      {"GET /config/export", {Admin, 200, kOrg, at("/config/export")}},
      {"POST /config/plan", {Admin, 200, kOrg, at("/config/plan"), document}},
      {"POST /config/apply", {Admin, 200, kOrg, at("/config/apply"), document}},
  };
}

std::string filled(std::string body, const Maker& maker) {
  const auto replace = [&](const std::string& mark, const std::string& text) {
    const size_t found = body.find(mark);
    if (found != std::string::npos) body.replace(found, mark.size(), text);
  };
  replace("$name", uniqueName());
  replace("$project", maker.project);
  if (body.find("$fresh") != std::string::npos) {
    replace("$fresh", freshProject(maker).substr(std::string("/projects/").size()));
  }
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

// A key of that role that is confined to one project.
Api confined(const Gateway& gateway, const std::string& role, const std::string& project) {
  const Answer made = manageOf(gateway).post(
      "/manage/v1/management-keys",
      R"({"name":"c","role":")" + role + R"(","project_ids":[")" + project + R"("]})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return {gateway.manageUrl(), dataText(made, "key")};
}

std::string loggedRequest(const Gateway& gateway, const std::string& project) {
  const Answer key = manageOf(gateway).post("/manage/v1/api-keys",
                                            R"({"name":"log","project_id":")" + project + R"("})");
  const Answer answer =
      Api(gateway.proxyUrl(), dataText(key, "key"))
          .post("/v1/chat/completions",
                R"({"model":"@default","messages":[{"role":"user","content":"x"}]})");
  REQUIRE(answer.status == 200);
  return answer.header("X-Modelux-Request-Id");
}

Places places(const Gateway& gateway) {
  Api owner = manageOf(gateway);
  Places places;
  places.own = listAll(owner, "/projects", "id").at(0);
  places.other = dataText(owner.post("/manage/v1/projects", R"({"name":"Other"})"), "id");
  places.own_log = loggedRequest(gateway, places.own);
  places.other_log = loggedRequest(gateway, places.other);
  return places;
}

int expectedStatus(const Row& row, Caller caller) {
  if (caller <= Caller::Stranger) return 401;
  return caller < row.least ? 403 : row.success;
}

int expectedElsewhere(const Row& row, Caller caller) {
  if (caller < row.least) return 403;
  switch (row.reach) {
    case Reach::Organization: return row.success;
    case Reach::NotFound: return 404;
    case Reach::Refused: return 422;
  }
  return 0;
}

// Every route of the management API, once, with its row.
void forEachRoute(const std::function<void(const RouteName&, const std::string&, const Row&)>& f) {
  const auto rows = matrix();
  size_t routes = 0;
  for (const RouteName& route : routeNames()) {
    if (route.api != "manage" || !route.path.starts_with(std::string(kBase) + "/")) continue;
    ++routes;
    const std::string name = route.method + " " + route.path.substr(std::string(kBase).size());
    REQUIRE_MESSAGE(rows.contains(name), name, " has no row in the matrix");
    f(route, name, rows.at(name));
  }
  CHECK(routes == rows.size());
}

}  // namespace

TEST_SUITE("manage/auth") {
  TEST_CASE("every route answers every caller as the matrix says") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const Places places = ::places(gateway);
    const Maker maker{owner, places, places.own};
    auto everybody = callers(gateway);
    forEachRoute([&](const RouteName& route, const std::string& name, const Row& row) {
      for (size_t i = 0; i < everybody.size(); ++i) {
        const std::string path = kBase + row.path(maker);
        const Answer answer = everybody[i].send(route.method, path, filled(row.body, maker));
        INFO(kCallers[i], ": ", name, ": ", answer.body.substr(0, 300));
        CHECK(answer.status == expectedStatus(row, static_cast<Caller>(i)));
        if (answer.status == 401) CHECK(errorCode(answer) == "invalid_api_key");
        if (answer.status == 403) CHECK(errorCode(answer) == "forbidden");
      }
    });
  }

  TEST_CASE("a key confined to a project sees that one as its role does, and nothing of others") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const Places places = ::places(gateway);
    std::vector<std::pair<Caller, Api>> callers;
    callers.emplace_back(Caller::Viewer, confined(gateway, "viewer", places.own));
    callers.emplace_back(Caller::Member, confined(gateway, "member", places.own));
    forEachRoute([&](const RouteName& route, const std::string& name, const Row& row) {
      for (auto& [caller, api] : callers) {
        for (const std::string& project : {places.own, places.other}) {
          const Maker maker{owner, places, project};
          const Answer answer =
              api.send(route.method, kBase + row.path(maker), filled(row.body, maker));
          const bool own = project == places.own;
          INFO(kCallers[static_cast<int>(caller)], own ? " in its own: " : " elsewhere: ", name,
               ": ", answer.body.substr(0, 300));
          CHECK(answer.status ==
                (own ? expectedStatus(row, caller) : expectedElsewhere(row, caller)));
        }
      }
    });
  }

  TEST_CASE("lists show a confined key its own project's things only") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const Places places = ::places(gateway);
    for (const std::string& project : {places.own, places.other}) {
      budget({owner, places, project});
    }
    REQUIRE(owner.post("/manage/v1/budgets", R"({"name":"all","scope":"organization","cap_usd":1})")
                .status == 201);
    Api viewer = confined(gateway, "viewer", places.own);
    CHECK(listAll(viewer, "/projects", "id") == std::vector<std::string>{places.own});
    for (const char* list : {"/api-keys", "/routing-configs", "/logs", "/budgets"}) {
      INFO(list);
      const auto seen = listAll(viewer, list, "project_id");
      CHECK_FALSE(seen.empty());
      for (const std::string& project : seen) CHECK(project == places.own);
      CHECK(listAll(owner, list, "project_id").size() > seen.size());
    }
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
