#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string made(Api& api, const std::string& path, const std::string& body) {
  const Answer answer = api.post(kBase + path, body);
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return dataText(answer, "id");
}

std::string projectOf(Api& api) { return listAll(api, "/projects", "id").at(0); }

}  // namespace

TEST_SUITE("manage/budgets") {
  TEST_CASE("a budget is created, read, changed and deleted") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer created =
        api.post("/manage/v1/budgets",
                 R"({"name":"Team","scope":"project","project_id":"default","cap_usd":250.5})");
    REQUIRE_MESSAGE(created.status == 201, created.body);
    CHECK(contains(created.body,
                   R"("unit":"usd","cap_usd":250.5,"cap_tokens":null,"cap_requests":null,)"
                   R"("cap_concurrency":null,"period":"monthly","reset_day":1,)"
                   R"("timezone":"UTC","soft_cap_pct":80,"action":"block",)"
                   R"("downgrade_to":null,"enabled":true)"));
    const std::string path = "/budgets/" + dataText(created, "id");
    runScenarios(
        api, {{"read", "GET", path, "", 200, {R"("name":"Team","scope":"project")"}},
              {"a new cap",
               "PATCH",
               path,
               R"({"capUsd":"300.000000001"})",
               200,
               {R"("cap_usd":300.000000001)"}},
              {"by weeks",
               "PATCH",
               path,
               R"({"period":"weekly","reset_day":7,"timezone":"Asia/Tokyo"})",
               200,
               {R"("period":"weekly","reset_day":7,"timezone":"Asia/Tokyo")"}},
              {"by days has no reset day",
               "PATCH",
               path,
               R"({"period":"daily"})",
               200,
               {R"("period":"daily","reset_day":null)"}},
              {"downgrade",
               "PATCH",
               path,
               R"({"action":"downgrade","downgrade_to":"@default"})",
               200,
               {R"("action":"downgrade","downgrade_to":"@default")"}},
              {"another action clears its target",
               "PATCH",
               path,
               R"({"action":"warn_only"})",
               200,
               {R"("action":"warn_only","downgrade_to":null)"}},
              {"the same subject again", "PATCH", path, R"({"scope":"project","unit":"usd"})", 200},
              {"another subject",
               "PATCH",
               path,
               R"({"scope":"end_user"})",
               422,
               {R"("param":"/scope")"}},
              {"another unit",
               "PATCH",
               path,
               R"({"unit":"tokens","cap_tokens":5})",
               422,
               {R"("param":"/unit")"}},
              {"its name is taken",
               "POST",
               "/budgets",
               R"({"name":"Team","scope":"model","project_id":"default","cap_usd":1})",
               409,
               {"budget_exists"}},
              {"but not elsewhere",
               "POST",
               "/budgets",
               R"({"name":"Team","scope":"organization","cap_usd":1})",
               201,
               {R"("project_id":null)"}},
              {"gone", "DELETE", path, "", 200, {R"("deleted":true)"}},
              {"not there any more", "GET", path, "", 404, {"budget_not_found"}},
              {"its name is free", "POST", "/budgets",
               R"({"name":"Team","scope":"project","project_id":"default","cap_usd":1})", 201}});
    CHECK(listAll(api, "/budgets", "name").size() == 2);
    CHECK(listAll(api, "/budgets?project_id=default", "name").size() == 1);
    const Answer audited = api.get("/manage/v1/audit-logs?action=budget.created");
    CHECK(contains(audited.body, R"("action":"budget.created")"));
  }

  TEST_CASE("every scope takes its own field, and stars stand for each value") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string project = projectOf(api);
    const std::string key = made(api, "/api-keys", R"({"name":"k"})");
    const std::string config = listAll(api, "/routing-configs", "id").at(0);
    const std::string provider = listAll(api, "/providers", "id").at(0);
    runScenarios(
        api,
        {{"a key, which brings its project",
          "POST",
          "/budgets",
          R"({"name":"1","scope":"api_key","api_key_id":")" + key + R"(","cap_usd":1})",
          201,
          {R"("project_id":")" + project, R"("api_key_id":")" + key}},
         {"every key",
          "POST",
          "/budgets",
          R"({"name":"2","scope":"api_key","unit":"tokens","cap_tokens":5,"period":"minute"})",
          201,
          {R"("project_id":null,"api_key_id":null)",
           R"("unit":"tokens","cap_usd":null,"cap_tokens":5)"}},
         {"a routing config",
          "POST",
          "/budgets",
          R"({"name":"3","scope":"routing_config","routing_config_id":")" + config +
              R"(","unit":"concurrency","cap_concurrency":3})",
          201,
          {R"("period":"total")", R"("cap_concurrency":3)"}},
         {"a provider",
          "POST",
          "/budgets",
          R"({"name":"4","scope":"provider","provider_id":")" + provider + R"(","cap_usd":1})",
          201,
          {R"("project_id":null)", R"("provider_id":")" + provider}},
         {"a model",
          "POST",
          "/budgets",
          R"({"name":"5","scope":"model","model":"demo-chat","unit":"requests","cap_requests":9,"period":"hour"})",
          201,
          {R"("model":"demo-chat")"}},
         {"an end user",
          "POST",
          "/budgets",
          R"({"name":"6","scope":"end_user","end_user":"*","cap_usd":"0.000000001","period":"total"})",
          201,
          {R"("end_user":null)", R"("cap_usd":0.000000001)"}},
         {"a tag",
          "POST",
          "/budgets",
          R"({"name":"7","scope":"tag","tag_key":"team","tag_value":"ml","cap_usd":0})",
          201,
          {R"("tag_key":"team","tag_value":"ml")"}},
         {"a tag needs its key",
          "POST",
          "/budgets",
          R"({"name":"8","scope":"tag","cap_usd":1})",
          422,
          {R"("param":"/tag_key")"}},
         {"unknown references",
          "POST",
          "/budgets",
          R"({"name":"9","scope":"api_key","api_key_id":"key_x","cap_usd":1})",
          422,
          {R"("param":"/api_key_id")"}},
         {"a provider that is not",
          "POST",
          "/budgets",
          R"({"name":"9","scope":"provider","provider_id":"prov_x","cap_usd":1})",
          422,
          {R"("param":"/provider_id")"}},
         {"a config of another project",
          "POST",
          "/budgets",
          R"({"name":"9","scope":"routing_config","project_id":null,"routing_config_id":")" +
              config + R"(","cap_usd":1})",
          422,
          {R"("param":"/routing_config_id")"}},
         {"fields of other scopes",
          "POST",
          "/budgets",
          R"({"name":"9","scope":"model","end_user":"u","tag_key":"k","cap_usd":1})",
          422,
          {R"("param":"/end_user")", R"("param":"/tag_key")"}}});
  }

  TEST_CASE("what does not hold is refused at its field, all of it at once") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    struct Case {
      const char* body;
      std::vector<std::string> params;
    };
    for (
        const Case& c : std::vector<Case>{
            {R"({})", {"/name", "/scope", "/cap_usd"}},
            {R"({"name":"n","scope":"galaxy","cap_usd":-1,"x":1})", {"/scope", "/cap_usd", "/x"}},
            {R"({"name":"n","scope":"model","cap_usd":1e-10})", {"/cap_usd"}},
            {R"({"name":"n","scope":"model","cap_usd":"1e3"})", {"/cap_usd"}},
            {R"({"name":"n","scope":"model","cap_usd":99999999999})", {"/cap_usd"}},
            {R"({"name":"n","scope":"model","cap_usd":9000000000.1234567})", {"/cap_usd"}},
            {R"({"name":"n","scope":"model","cap_usd":true})", {"/cap_usd"}},
            {R"({"name":"n","scope":"model","unit":"tokens","cap_usd":1})",
             {"/cap_usd", "/cap_tokens"}},
            {R"({"name":"n","scope":"model","unit":"tokens","cap_tokens":1.5})", {"/cap_tokens"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"period":"minute"})", {"/period"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"period":"daily","reset_day":2})",
             {"/reset_day"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"period":"weekly","reset_day":8})",
             {"/reset_day"}},
            {R"({"name":"n","scope":"model","unit":"concurrency","cap_concurrency":1,"period":"daily"})",
             {"/period"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"timezone":"Mars/Olympus"})",
             {"/timezone"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"timezone":"localtime"})", {"/timezone"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"soft_cap_pct":0})", {"/soft_cap_pct"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"action":"downgrade"})", {"/downgrade_to"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"downgrade_to":"@default"})",
             {"/downgrade_to"}},
            {R"({"name":"n","scope":"model","unit":"tokens","cap_tokens":1,"action":"downgrade","downgrade_to":"@d"})",
             {"/action", "/downgrade_to"}},
            {R"({"name":"n","scope":"model","project_id":"default","cap_usd":1,"action":"downgrade","downgrade_to":"@gone"})",
             {"/downgrade_to"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"action":"downgrade","downgrade_to":"@gone"})",
             {"/downgrade_to"}},
            {R"({"name":"n","scope":"model","cap_usd":null})", {"/cap_usd"}},
            {R"({"name":"n","scope":"model","unit":"tokens","cap_usd":null,"cap_tokens":null})",
             {"/cap_tokens"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"action":"downgrade","downgrade_to":"nobody/m"})",
             {"/downgrade_to"}},
            {R"({"name":"n","scope":"model","cap_usd":1,"action":"downgrade","downgrade_to":"plain"})",
             {"/downgrade_to"}},
            {R"({"name":"n","scope":"model","project_id":"nowhere","cap_usd":1})", {"/project_id"}},
            {R"({"name":"n","scope":"organization","project_id":"default","cap_usd":1})",
             {"/project_id"}},
        }) {
      INFO(c.body);
      const Answer answer = api.post("/manage/v1/budgets", c.body);
      CHECK(answer.status == 422);
      CHECK(errorParams(answer) == c.params);
    }
    CHECK(listAll(api, "/budgets", "id").empty());
  }

  TEST_CASE("what a budget is about stays, and what has no nothing takes no null") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string key = made(api, "/api-keys", R"({"name":"k"})");
    const auto budget = [&](const std::string& rest) {
      static int number = 0;
      return kBase +
             ("/budgets/" + made(api, "/budgets",
                                 R"({"name":")" + std::to_string(++number) + "\"," + rest + "}"));
    };
    const std::string user = budget(R"("scope":"end_user","end_user":"ada","cap_usd":1)");
    const std::string users = budget(R"("scope":"end_user","cap_usd":1)");
    const std::string tag =
        budget(R"("scope":"tag","tag_key":"team","tag_value":"ml","cap_usd":1)");
    const std::string keys = budget(R"("scope":"api_key","unit":"requests","cap_requests":1)");
    const std::string project = budget(R"("scope":"project","project_id":"default","cap_usd":1)");
    struct Case {
      std::string path, body;
      std::vector<std::string> params;
    };
    for (const Case& c : std::vector<Case>{
             {user, R"({"end_user":null})", {"/end_user"}},
             {user, R"({"end_user":"*"})", {"/end_user"}},
             {user, R"({"endUser":"bob","api_key_id":null})", {"/endUser"}},
             {user, R"({"project_id":"default"})", {"/project_id"}},
             {users, R"({"end_user":"ada"})", {"/end_user"}},
             {tag, R"({"tag_value":null})", {"/tag_value"}},
             {tag, R"({"tag_key":"org","tag_value":"*"})", {"/tag_key", "/tag_value"}},
             {tag, R"({"tag_key":null})", {"/tag_key"}},
             {keys, R"({"api_key_id":")" + key + R"("})", {"/api_key_id"}},
             {project, R"({"project_id":null})", {"/project_id"}},
             {user, R"({"cap_usd":null})", {"/cap_usd"}},
             {user, R"({"cap_usd":null,"cap_tokens":null})", {"/cap_usd"}},
             {keys, R"({"cap_requests":null})", {"/cap_requests"}},
             {user, R"({"name":null})", {"/name"}},
             {user, R"({"scope":null})", {"/scope"}},
             {user, R"({"unit":null})", {"/unit"}},
             {user, R"({"period":null})", {"/period"}},
             {user, R"({"timezone":null})", {"/timezone"}},
             {user, R"({"soft_cap_pct":null})", {"/soft_cap_pct"}},
             {user, R"({"action":null})", {"/action"}},
             {user, R"({"enabled":null})", {"/enabled"}}}) {
      INFO(c.body);
      const Answer answer = api.patch(c.path, c.body);
      CHECK(answer.status == 422);
      CHECK(errorParams(answer) == c.params);
    }
    // What is shown of it may be said again.
    for (const auto& path : {user, users, tag, keys, project}) {
      const auto document = parsed(api.get(path).body);
      std::string shown;
      json::Writer out(shown);
      out.beginObject();
      const auto data = *document.root().find("data");
      for (const auto& [name, value] : data.members()) {
        if (name != "id" && !name.ends_with("_at")) out.rawField(name, value.text());
      }
      out.endObject();
      const Answer again = api.patch(path, shown);
      CHECK_MESSAGE(again.status == 200, again.body);
      CHECK(dataText(again, "updated_at") == std::string(*data.stringAt("updated_at")));
    }
    REQUIRE(api.patch(user, R"({"reset_day":7})").status == 200);
    CHECK(dataText(api.patch(user, R"({"reset_day":null})"), "reset_day") == "1");
  }

  TEST_CASE("what a budget downgrades to is not taken from under it") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const auto provider = [&](const std::string& name) {
      return "/providers/" +
             made(api, "/providers",
                  R"({"vendor":"groq","verify":false,"api_key":"k","name":")" + name + R"("})");
    };
    const std::string tmp = provider("tmp");
    const std::string demo = listAll(api, "/providers", "id").at(0);
    const auto config = [&](const std::string& project, const std::string& slug) {
      return "/routing-configs/" +
             made(api, "/routing-configs",
                  R"({"name":"c","policy":"single","slug":")" + slug + R"(","project_id":")" +
                      project + R"(","config":{"model":"demo-chat","provider_credential_id":")" +
                      demo + R"("}})");
    };
    const std::string web = "/projects/" + made(api, "/projects", R"({"name":"Web"})");
    const std::string cheap = config("default", "cheap");
    const std::string only = config("web", "only");
    const std::string unused = config("web", "unused");
    const auto budget = [&](const std::string& name, const std::string& project,
                            const std::string& to) {
      return "/budgets/" +
             made(api, "/budgets",
                  R"({"scope":"model","cap_usd":1,"action":"downgrade","name":")" + name +
                      R"(","project_id":)" + project + R"(,"downgrade_to":")" + to + R"("})");
    };
    budget("by name", "null", "tmp/m");
    budget("by vendor", "null", "groq/m");
    budget("its own", R"("default")", "@cheap");
    const std::string all = budget("of all", "null", "@only");
    const Answer member = api.post("/manage/v1/management-keys",
                                   R"({"name":"c","role":"member","project_ids":["web"]})");
    Api confined(gateway.manageUrl(), dataText(member, "key"));
    runScenarios(confined, {{"names what they may know",
                             "DELETE",
                             only,
                             "",
                             409,
                             {"one of all projects"},
                             {R"(\"of all\")"}}});
    runScenarios(
        api, {{"a provider",
               "DELETE",
               tmp,
               "",
               409,
               {"provider_in_use", R"("resource":"provider","id":"prov_)",
                R"(\"by name\", \"by vendor\")"}},
              {"its name",
               "PATCH",
               tmp,
               R"({"name":"other"})",
               409,
               {"provider_in_use", R"(\"by name\")"},
               {"by vendor"}},
              {"what is not its name", "PATCH", tmp, R"({"max_concurrency":5})", 200},
              {"a config", "DELETE", cheap, "", 409, {"routing_config_in_use", R"(\"its own\")"}},
              {"the last of that slug",
               "DELETE",
               only,
               "",
               409,
               {"routing_config_in_use", R"(\"of all\")"}},
              {"its project", "DELETE", web, "", 409, {"routing_config_in_use", R"(\"of all\")"}},
              {"one that nothing needs", "DELETE", unused, "", 200}});
    // Another that can stand in frees it.
    provider("second");
    runScenarios(
        api,
        {{"the vendor is still there", "DELETE", tmp, "", 409, {R"(\"by name\")"}, {"by vendor"}}});
    config("default", "only");
    runScenarios(api, {{"the slug is still there", "DELETE", only, "", 200},
                       {"so the project is free", "DELETE", web, "", 200},
                       {"the budget stays", "GET", all, "", 200}});
    // What is exported can be applied.
    const Answer exported = api.get("/manage/v1/config/export");
    const std::string document(parsed(exported.body).root().find("data")->text());
    CHECK(api.post("/manage/v1/config/plan", R"({"document":)" + document + "}").status == 200);
  }

  TEST_CASE("dollars are kept to the nano-dollar, however they are written") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string id =
        made(api, "/budgets", R"({"name":"n","scope":"organization","cap_usd":1})");
    const std::string path = kBase + ("/budgets/" + id);
    struct Case {
      const char* sent;
      const char* shown;
    };
    for (const Case& c : std::vector<Case>{{"0.1", "0.1"},
                                           {"0.3", "0.3"},
                                           {"1e2", "100"},
                                           {"4.35", "4.35"},
                                           {"1234567.123456789", "1234567.123456789"},
                                           {"\"9000000000.123456789\"", "9000000000.123456789"},
                                           {"9000000000.5", "9000000000.5"},
                                           {"5000000.0", "5000000"},
                                           {"1E-9", "0.000000001"}}) {
      INFO(c.sent);
      const Answer answer = api.patch(path, std::string(R"({"cap_usd":)") + c.sent + "}");
      CHECK(answer.status == 200);
      CHECK(contains(answer.body, std::string(R"("cap_usd":)") + c.shown + ","));
    }
  }

  TEST_CASE("a confined key has its project's budgets only, and none of all projects") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const std::string own = projectOf(owner);
    const std::string other = made(owner, "/projects", R"({"name":"Other"})");
    const std::string all =
        made(owner, "/budgets", R"({"name":"all","scope":"project","cap_usd":1})");
    const Answer key =
        owner.post("/manage/v1/management-keys",
                   R"({"name":"c","role":"member","project_ids":[")" + own + R"("]})");
    Api member(gateway.manageUrl(), dataText(key, "key"));
    const Answer mine =
        member.post("/manage/v1/budgets", R"({"name":"mine","scope":"end_user","cap_usd":1})");
    CHECK(mine.status == 201);
    CHECK(dataText(mine, "project_id") == own);
    CHECK(listAll(member, "/budgets", "id") == std::vector<std::string>{dataText(mine, "id")});
    for (const char* path : {"", "/status", "/buckets", "/events", "/alerts"}) {
      CHECK(member.get(kBase + ("/budgets/" + all) + path).status == 404);
    }
    CHECK(member.del(kBase + ("/budgets/" + all)).status == 404);
    for (const char* body :
         {R"({"name":"x","scope":"end_user","project_id":null,"cap_usd":1})",
          R"({"name":"x","scope":"end_user","project_id":"*","cap_usd":1})",
          R"({"name":"x","scope":"end_user","project_id":"other","cap_usd":1})"}) {
      const Answer refused = member.post("/manage/v1/budgets", body);
      CHECK(refused.status == 422);
      CHECK(errorParams(refused) == std::vector<std::string>{"/project_id"});
    }
    const std::string foreign =
        made(owner, "/api-keys", R"({"name":"k","project_id":")" + other + R"("})");
    CHECK(
        member
            .post("/manage/v1/budgets",
                  R"({"name":"x","scope":"api_key","cap_usd":1,"api_key_id":")" + foreign + R"("})")
            .status == 422);
    CHECK(member.patch(kBase + ("/budgets/" + dataText(mine, "id")), R"({"project_id":null})")
              .status == 422);
  }

  TEST_CASE("a deleted project takes its budgets along") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string project = made(api, "/projects", R"({"name":"Other"})");
    const std::string id =
        made(api, "/budgets", R"({"name":"b","scope":"project","cap_usd":1,"project_id":"other"})");
    REQUIRE(api.del(kBase + ("/projects/" + project)).status == 200);
    CHECK(api.get(kBase + ("/budgets/" + id)).status == 404);
    CHECK(contains(api.get("/manage/v1/audit-logs?action=budget.deleted").body, id));
  }

  TEST_CASE("alerts belong to their budget") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string endpoint =
        made(api, "/webhooks/endpoints", R"({"url":"https://hooks.invalid/hook"})");
    const std::string path =
        "/budgets/" + made(api, "/budgets", R"({"name":"a","scope":"organization","cap_usd":1})");
    const std::string other =
        "/budgets/" + made(api, "/budgets", R"({"name":"b","scope":"organization","cap_usd":1})");
    const Answer alert =
        api.post(kBase + path + "/alerts",
                 R"({"threshold_pct":50,"channels":[{"type":"email","target":"ada@example.com"},)"
                 R"({"type":"webhook","target":")" +
                     endpoint + R"("},{"type":"webhook"},{"type":"dashboard"}]})");
    REQUIRE_MESSAGE(alert.status == 201, alert.body);
    CHECK(contains(alert.body, R"({"type":"email","target":"ada@example.com"})"));
    CHECK(contains(alert.body, R"({"type":"dashboard","target":null})"));
    const std::string id = dataText(alert, "id");
    CHECK(listAll(api, path + "/alerts", "id") == std::vector<std::string>{id});
    CHECK(listAll(api, other + "/alerts", "id").empty());
    runScenarios(api,
                 {{"under another budget", "DELETE", other + "/alerts/" + id, "", 404},
                  {"no channel",
                   "POST",
                   path + "/alerts",
                   R"({"threshold_pct":50,"channels":[]})",
                   422,
                   {R"("param":"/channels")"}},
                  {"nothing",
                   "POST",
                   path + "/alerts",
                   "{}",
                   422,
                   {R"("param":"/threshold_pct")", R"("param":"/channels")"}},
                  {"wrong channels",
                   "POST",
                   path + "/alerts",
                   R"({"threshold_pct":0,"channels":[{"type":"pigeon"},{"type":"email"},)"
                   R"({"type":"email","target":"a@b.example\r\nBcc: c@d.example"},)"
                   R"({"type":"webhook","target":"whe_x"},{"type":"dashboard","target":"x"}]})",
                   422,
                   {R"("param":"/threshold_pct")", R"("param":"/channels/0/type")",
                    R"("param":"/channels/1/target")", R"("param":"/channels/2/target")",
                    R"("param":"/channels/3/target")", R"("param":"/channels/4/target")"}},
                  {"deleted", "DELETE", path + "/alerts/" + id, "", 200},
                  {"twice", "DELETE", path + "/alerts/" + id, "", 404}});
  }

  TEST_CASE("nobody is told of budgets in memory, so nobody is promised to be") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string alert = R"({"threshold_pct":50,"channels":[{"type":"dashboard"}]})";
    for (
        const char* body :
        {R"({"name":"m","scope":"model","unit":"tokens","cap_tokens":9,"period":"minute"})",
         R"({"name":"h","scope":"model","unit":"requests","cap_requests":9,"period":"hour"})",
         R"({"name":"c","scope":"model","unit":"concurrency","cap_concurrency":9,"period":"total"})"}) {
      INFO(body);
      const std::string path = "/budgets/" + made(api, "/budgets", body);
      const Answer refused = api.post(kBase + path + "/alerts", alert);
      CHECK(refused.status == 422);
      CHECK(errorParams(refused) == std::vector<std::string>{"/threshold_pct"});
      CHECK(listAll(api, path + "/alerts", "id").empty());
    }
    const std::string path =
        "/budgets/" +
        made(api, "/budgets",
             R"({"name":"d","scope":"model","unit":"tokens","cap_tokens":9,"period":"daily"})");
    const std::string id = made(api, path + "/alerts", alert);
    const Answer silenced = api.patch(kBase + path, R"({"period":"hour"})");
    CHECK(silenced.status == 422);
    CHECK(errorParams(silenced) == std::vector<std::string>{"/period"});
    CHECK(api.patch(kBase + path, R"({"period":"weekly"})").status == 200);
    CHECK(api.del(kBase + path + "/alerts/" + id).status == 200);
    CHECK(api.patch(kBase + path, R"({"period":"hour"})").status == 200);
  }

  TEST_CASE("a budget that has counted nothing says so in its unit") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    struct Case {
      const char* body;
      const char* has;
    };
    for (
        const Case& c : std::vector<Case>{
            {R"({"name":"1","scope":"organization","cap_usd":2})",
             R"("spend_usd":0,"reserved_usd":0,"cap_usd":2,"remaining_usd":2,"used_pct":0)"},
            {R"({"name":"2","scope":"organization","unit":"tokens","cap_tokens":2,"period":"minute"})",
             R"("spend_tokens":0,"reserved_tokens":0,"cap_tokens":2,"remaining_tokens":2)"},
            {R"({"name":"3","scope":"organization","unit":"requests","cap_requests":2})",
             R"("cap_requests":2,"remaining_requests":2)"},
            {R"({"name":"4","scope":"organization","unit":"concurrency","cap_concurrency":2})",
             R"("previous_period_concurrency":null,"requests":0,"period_start":null)"},
            {R"({"name":"5","scope":"end_user","cap_usd":2})",
             R"("value":null,"buckets":0,"spend_usd":0,"reserved_usd":0,"cap_usd":2,)"
             R"("remaining_usd":null,"used_pct":null)"}}) {
      const std::string path = "/budgets/" + made(api, "/budgets", c.body);
      const Answer status = api.get(kBase + path + "/status");
      INFO(status.body);
      CHECK(status.status == 200);
      CHECK(contains(status.body, c.has));
      CHECK(listAll(api, path + "/buckets", "value").empty());
      CHECK(listAll(api, path + "/events", "id").empty());
      const Answer of_value = api.get(kBase + path + "/status?value=ada");
      CHECK(of_value.status == (contains(c.body, "end_user") ? 200 : 422));
      if (of_value.status == 200) CHECK(dataText(of_value, "value") == "ada");
    }
  }

  TEST_CASE("what requests used is shown by bucket, and thresholds are events") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string path =
        "/budgets/" +
        made(
            api, "/budgets",
            R"({"name":"users","scope":"end_user","unit":"requests","cap_requests":4,"period":"daily"})");
    made(api, path + "/alerts", R"({"threshold_pct":50,"channels":[{"type":"dashboard"}]})");
    Api proxy(gateway.proxyUrl(), gateway.projectKey());
    const auto ask = [&](const std::string& user) {
      return proxy
          .post("/v1/chat/completions", R"({"model":"@default","user":")" + user +
                                            R"(","messages":[{"role":"user","content":"x"}]})")
          .status;
    };
    for (const char* user : {"ada", "bob", "ada", "ada"}) CHECK(ask(user) == 200);
    const Answer ada = api.get(kBase + path + "/status?value=ada");
    CHECK(contains(ada.body,
                   R"("value":"ada","buckets":null,"spend_requests":3,"reserved_requests":0,)"
                   R"("cap_requests":4,"remaining_requests":1,"used_pct":75)"));
    const Answer all = api.get(kBase + path + "/status");
    CHECK(contains(all.body, R"("value":null,"buckets":2,"spend_requests":4)"));
    CHECK(listAll(api, path + "/buckets", "value") == std::vector<std::string>{"ada", "bob"});
    CHECK(listAll(api, path + "/buckets", "spend", 1) == std::vector<std::string>{"3", "1"});
    CHECK(ask("ada") == 200);
    CHECK(ask("ada") == 429);
    std::vector<std::string> events;
    for (int i = 0; i < 200 && events.size() < 3; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      events = listAll(api, path + "/events", "threshold_pct");
    }
    std::sort(events.begin(), events.end());  // ids of one millisecond are in no order
    CHECK(events == std::vector<std::string>{"100", "50", "80"});
    CHECK(listAll(api, path + "/events", "value", 1).at(0) == "ada");
    CHECK(api.patch(kBase + path, R"({"cap_requests":5})").status == 200);
    CHECK(ask("ada") == 200);
  }

  TEST_CASE("a budget of requests that are being served counts in memory only") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string path =
        "/budgets/" +
        made(api, "/budgets",
             R"({"name":"m","scope":"model","unit":"requests","cap_requests":9,"period":"hour"})");
    Api proxy(gateway.proxyUrl(), gateway.projectKey());
    CHECK(proxy
              .post("/v1/chat/completions",
                    R"({"model":"demo/demo-chat","messages":[{"role":"user","content":"x"}]})")
              .status == 200);
    const Answer one = api.get(kBase + path + "/status?value=demo-chat");
    CHECK(dataText(one, "spend_requests") == "1");
    CHECK(dataText(one, "requests") == "1");
    CHECK(dataText(one, "previous_period_requests") == "null");
    const Answer all = api.get(kBase + path + "/status");
    CHECK(contains(all.body, R"("value":null,"buckets":1,"spend_requests":1)"));
    CHECK(dataText(all, "requests") == "1");
    CHECK(listAll(api, path + "/buckets", "value").empty());
  }
}
