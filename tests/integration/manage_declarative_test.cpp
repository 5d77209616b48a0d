#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string exported(Api& api, const std::string& query = "") {
  const Answer answer = api.get("/manage/v1/config/export" + query);
  REQUIRE(answer.status == 200);
  return parsed(answer.body).root().find("data")->text();
}

Answer apply(Api& api, const std::string& document, bool prune = false) {
  return api.post("/manage/v1/config/apply",
                  R"({"document":)" + document + R"(,"prune":)" + (prune ? "true" : "false") + "}");
}
Answer plan(Api& api, const std::string& document, bool prune = false) {
  return api.post("/manage/v1/config/plan",
                  R"({"document":)" + document + R"(,"prune":)" + (prune ? "true" : "false") + "}");
}

// "op resource name" of every change.
std::vector<std::string> changes(const Answer& answer) {
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  std::vector<std::string> all;
  const auto document = parsed(answer.body);
  for (const auto change : document.root().find("data")->find("changes")->elements()) {
    all.push_back(std::string(*change.stringAt("op")) + " " +
                  std::string(*change.stringAt("resource")) + " " +
                  std::string(*change.stringAt("name")));
  }
  return all;
}

constexpr const char* kTeam = R"({"version":1,
  "organization":{"name":"Acme"},
  "members":[{"email":"ann@example.com","role":"admin","name":"Ann"}],
  "projects":[{"slug":"default"},{"slug":"web","name":"Web","settings":{"retain_payloads":true}}],
  "providers":[{"name":"local","vendor":"openai","base_url":"http://127.0.0.1:1/v1","private":true,
                "default_model":"llama"}],
  "routing_configs":[{"project":"web","slug":"fast","policy":"single",
                      "config":{"model":"llama","provider":"local"}}],
  "api_keys":[{"project":"web","name":"ci","rate_limit_rpm":7,"allowed_models":["@fast"]}],
  "webhook_endpoints":[{"url":"https://hooks.invalid/hook","event_types":["api_key.revoked"]}],
  "budgets":[{"name":"all","scope":"organization","cap_usd":"1000.5"},
             {"project":"web","name":"ci","scope":"api_key","api_key":"ci","unit":"tokens","cap_tokens":9,
              "period":"minute"},
             {"project":"web","name":"users","scope":"end_user","cap_usd":5,"action":"downgrade",
              "downgrade_to":"@fast",
              "alerts":[{"threshold_pct":50,"channels":[{"type":"email","target":"ann@example.com"},
                                                        {"type":"webhook","target":"https://hooks.invalid/hook"}]}]},
             {"project":"web","name":"fast","scope":"routing_config","routing_config":"fast","cap_usd":1},
             {"name":"local","scope":"provider","provider":"local","cap_usd":7}],
  "prices":[{"provider":"local","model":"llama*","pricing":{"input":1.5,"output":2}},
            {"provider":"openai","model":"gpt-4o","starts_at":"2027-01-01T00:00:00Z","context_window":128000,
             "pricing":{"input":2,"tiers":[{"above_input_tokens":1000,"input":3}]}}]})";

}  // namespace

TEST_SUITE("manage/declarative") {
  TEST_CASE("a document is applied once, and then the store is as it says") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const auto planned = changes(plan(api, kTeam));
    CHECK(exported(api).find("Acme") == std::string::npos);  // a plan changes nothing
    const Answer applied = apply(api, kTeam);
    CHECK(changes(applied) == planned);
    for (const std::string expected :
         {"update organization default", "create member ann@example.com", "create project web",
          "create provider local", "create routing_config fast", "create api_key ci",
          "create webhook_endpoint https://hooks.invalid/hook", "create budget all",
          "create budget users", "create budget local", "create price local/llama*",
          "create price openai/gpt-4o"}) {
      CHECK_MESSAGE(std::count(planned.begin(), planned.end(), expected) == 1, expected);
    }
    CHECK(changes(apply(api, kTeam)).empty());
    const auto again = parsed(plan(api, kTeam).body);
    CHECK(again.root().find("data")->find("in_sync")->asBool() == false);  // unmanaged things
    // Its key works, within its bounds.
    const auto made = parsed(applied.body);
    const auto keys = *made.root().find("data")->find("created_keys");
    REQUIRE(keys.size() == 1);
    Api key(gateway.proxyUrl(), std::string(*keys.at(0).stringAt("key")));
    CHECK(key.get("/v1/models").status == 200);
    CHECK(key.post("/v1/dry-run",
                   R"({"model":"@default","messages":[{"role":"user","content":"x"}]})")
              .status == 403);
    CHECK_FALSE(contains(exported(api), "mlx_sk_"));
  }

  TEST_CASE("prices are known by provider, model and start, and go with the section") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(::apply(api, kTeam).status == 200);
    const auto prices = [](const std::string& items) {
      return R"({"version":1,"prices":[)" + items + "]}";
    };
    const std::string dearer = R"({"provider":"local","model":"LLAMA*","pricing":{"input":9}})";
    CHECK(changes(::apply(api, prices(dearer))) ==
          std::vector<std::string>{"update price local/llama*"});
    CHECK(contains(::plan(api, prices(dearer)).body,
                   R"("unmanaged":[{"resource":"price","name":"openai/gpt-4o"}])"));
    CHECK(changes(::apply(api, prices(dearer), true)) ==
          std::vector<std::string>{"delete price openai/gpt-4o"});
    CHECK(errorParams(::apply(api, prices(dearer + "," + dearer +
                                          R"(,{"provider":"x","model":"m","pricing":{"input":1}},)"
                                          R"({"provider":"openai","model":"m"})"))) ==
          std::vector<std::string>{"/document/prices/1/model", "/document/prices/2/provider",
                                   "/document/prices/3/pricing"});
    // One of a provider that is gone is nobody's to name.
    REQUIRE(::apply(api, R"({"version":1,"budgets":[],"routing_configs":[]})", true).status == 200);
    REQUIRE(api.send("DELETE", "/manage/v1/providers/local", "").status == 200);
    CHECK(contains(exported(api), R"("prices":[])"));
    CHECK(changes(::apply(api, R"({"version":1,"prices":[]})", true)).empty());
  }

  TEST_CASE("drift is shown where it is") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(apply(api, kTeam).status == 200);
    REQUIRE(api.patch("/manage/v1/routing-configs/fast?project_id=web",
                      R"({"config":{"model":"other","provider_credential_id":")" +
                          dataText(api.get("/manage/v1/providers/local"), "id") + R"("}})")
                .status == 200);
    const Answer drift = plan(api, kTeam);
    CHECK(changes(drift) == std::vector<std::string>{"update routing_config fast"});
    const auto document = parsed(drift.body);
    const auto fields = *document.root().find("data")->find("changes")->at(0).find("fields");
    bool told = false;
    for (const auto field : fields.elements()) {
      told = told || (field.stringAt("path") == "/config/model" &&
                      field.stringAt("before") == "other" && field.stringAt("after") == "llama");
    }
    CHECK_MESSAGE(told, drift.body);
  }

  TEST_CASE("what the document does not name is reported, and deleted only when asked to") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(apply(api, kTeam).status == 200);
    const std::string less = R"({"version":1,"projects":[{"slug":"default"}]})";
    const Answer kept = apply(api, less);
    CHECK(changes(kept).empty());
    CHECK(contains(kept.body, R"("unmanaged":[{"resource":"project","name":"web"}])"));
    auto gone = changes(apply(api, less, true));
    std::sort(gone.begin(), gone.end());
    CHECK(gone == std::vector<std::string>{"delete api_key ci", "delete budget ci",
                                           "delete budget fast", "delete budget users",
                                           "delete project web", "delete routing_config default",
                                           "delete routing_config fast"});
    CHECK(contains(exported(api), "ann@example.com"));  // sections that are absent stay
  }

  TEST_CASE("an error anywhere undoes all, and every one is reported") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string before = exported(api);
    const Answer refused = apply(api, R"({"version":1,
      "projects":[{"slug":"good","name":"Good"},{"slug":"BAD","name":""},{"slug":"good"}],
      "providers":[{"name":"p","vendor":"nope"}],
      "routing_configs":[{"project":"good","slug":"r","policy":"single",
                          "config":{"model":"m","provider":"missing"}}],
      "api_keys":[{"project":"missing","name":"k","description":"d"}],"what":1})");
    CHECK(refused.status == 422);
    const auto params = errorParams(refused);
    for (const std::string expected : {"/document/projects/1/slug", "/document/projects/1/name",
                                       "/document/projects/2/slug", "/document/providers/0/vendor",
                                       "/document/routing_configs/0/config/provider_credential_id",
                                       "/document/api_keys/0/project", "/document/what"}) {
      CHECK_MESSAGE(std::count(params.begin(), params.end(), expected) == 1, expected,
                    refused.body);
    }
    CHECK_FALSE(contains(refused.body, "/api_keys/0/description"));
    CHECK(exported(api) == before);
    CHECK(apply(api, R"({"version":2})").status == 422);
  }

  TEST_CASE("a document gives nobody more than the routes of its resources do") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    Api admin = withRole(gateway, "admin");
    const auto bossAs = [](const char* role) {
      return R"({"version":1,"members":[{"email":"boss@example.com","role":")" + std::string(role) +
             R"("}]})";
    };
    const std::string promoted = bossAs("owner");
    const std::string demoted = bossAs("viewer");
    CHECK(apply(admin, promoted).status == 422);
    REQUIRE(apply(owner, promoted).status == 200);
    const std::string before = exported(owner);
    CHECK(apply(admin, demoted).status == 422);
    CHECK(apply(admin, R"({"version":1,"members":[]})", true).status == 403);
    CHECK(apply(admin, R"({"version":1,"organization":{"name":"Mine"}})").status == 422);
    // Nor may an owner leave the organization without one.
    CHECK(apply(owner, demoted).status == 409);
    CHECK(apply(owner, R"({"version":1,"members":[]})", true).status == 409);
    CHECK(exported(owner) == before);
    // What differs in nothing needs no right to change it.
    CHECK(changes(apply(admin, before)).empty());
  }

  TEST_CASE("an export applied to another store gives the same export there") {
    Gateway first = quietGateway();
    Gateway second = quietGateway();
    Api from = manageOf(first);
    Api to = manageOf(second);
    REQUIRE(apply(from, kTeam).status == 200);
    const std::string document = exported(from);
    REQUIRE(apply(to, document, true).status == 200);
    CHECK(exported(to) == document);
    CHECK(changes(plan(to, document, true)).empty());
  }

  TEST_CASE(
      "with their hashes keys go on working in another store; only owners may take them along") {
    Gateway first = quietGateway();
    Gateway second = quietGateway();
    Api from = manageOf(first);
    Api to = manageOf(second);
    CHECK(withRole(first, "admin").get("/manage/v1/config/export?include_key_hashes=true").status ==
          403);
    const std::string document = exported(from, "?include_key_hashes=true");
    REQUIRE(apply(to, document, true).status == 200);
    Api traveller(second.proxyUrl(), first.projectKey());
    CHECK(traveller.get("/v1/models").status == 200);
    CHECK(proxyOf(second).get("/v1/models").status == 401);  // its own was not in the document
    CHECK(changes(apply(to, document, true)).empty());
    // A secret that was revoked here stays revoked.
    REQUIRE(to.del("/manage/v1/api-keys/" + listAll(to, "/api-keys?status=active", "id").at(0))
                .status == 200);
    CHECK(apply(to, document, true).status == 422);
  }

  TEST_CASE("applying gives nobody more than the routes do") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    Api admin = withRole(gateway, "admin");
    for (const char* email : {"ann@example.com", "bob@example.com"}) {
      const std::string body = R"({"email":")" + std::string(email) + R"(","role":"owner"})";
      REQUIRE(owner.post("/manage/v1/members", body).status == 201);
    }
    const Answer renamed = apply(admin, R"({"version":1,"organization":{"name":"mine"}})");
    CHECK(renamed.status == 422);
    CHECK(errorParams(renamed) == std::vector<std::string>{"/document/organization"});
    const char* lower_ann =
        R"({"version":1,"members":[{"email":"ann@example.com","role":"admin"}]})";
    CHECK(errorParams(apply(admin, lower_ann)) == std::vector<std::string>{"/document/members/0"});
    CHECK(apply(admin, R"({"version":1,"members":[]})", true).status == 403);
    CHECK(listAll(owner, "/members", "role") == std::vector<std::string>{"owner", "owner"});
    // Nor may an owner lower the last one, or drop it, unless the document names another.
    CHECK(errorCode(apply(owner, lower_ann, true)) == "last_owner");
    CHECK(apply(owner, lower_ann).status == 200);
    const std::string lower_bob =
        R"({"version":1,"members":[{"email":"bob@example.com","role":"viewer"})";
    const auto lowerBob = [&](const std::string& more) {
      return apply(owner, lower_bob + more + "]}", false);
    };
    CHECK(errorCode(lowerBob("")) == "last_owner");
    CHECK(lowerBob(R"(,{"email":"ann@example.com","role":"owner"})").status == 200);
    auto roles = listAll(owner, "/members", "role");
    std::sort(roles.begin(), roles.end());
    CHECK(roles == std::vector<std::string>{"owner", "viewer"});
  }

  TEST_CASE("an item in no project is told of its own errors only") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer answer = apply(api, R"({"version":1,
      "providers":[{"name":"demo","vendor":"openai","base_url":"https://h.example","private":"x"}],
      "routing_configs":[{"project":"none","slug":"a","name":"A","policy":"single","config":{},
                          "automatic":false}],
      "api_keys":[{"project":"none","name":"k","description":"","rate_limit_rpm":0}]})");
    CHECK(answer.status == 422);
    CHECK(errorParams(answer) == std::vector<std::string>{"/document/providers/0/vendor",
                                                          "/document/providers/0/private",
                                                          "/document/routing_configs/0/project",
                                                          "/document/api_keys/0/project",
                                                          "/document/api_keys/0/rate_limit_rpm"});
  }

  TEST_CASE("a document cannot delete what its budgets downgrade to") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(apply(api, kTeam).status == 200);
    // The config alone; with its budgets, or with their project, it may go.
    const Answer refused = apply(api, R"({"version":1,"routing_configs":[]})", true);
    CHECK(refused.status == 409);
    CHECK(errorCode(refused) == "routing_config_in_use");
    CHECK(contains(refused.body, R"(\"users\")"));
    const std::string to_local =
        R"({"version":1,"budgets":[{"name":"new","scope":"model","cap_usd":1,)"
        R"("action":"downgrade","downgrade_to":"local/m"}])";
    const Answer unfounded =
        apply(api, to_local + R"(,"providers":[{"name":"demo"}],"routing_configs":[]})", true);
    CHECK(unfounded.status == 409);
    CHECK(contains(unfounded.body, R"(\"new\")"));
    CHECK(apply(api, R"({"version":1,"projects":[{"slug":"default"}],"routing_configs":[]})", true)
              .status == 200);
    const Answer nowhere =
        apply(api, R"({"version":1,"budgets":[{"name":"x","scope":"model","cap_usd":1,)"
                   R"("action":"downgrade","downgrade_to":"tmp/m"}]})");
    CHECK(errorParams(nowhere) == std::vector<std::string>{"/document/budgets/0/downgrade_to"});
    CHECK(contains(nowhere.body, "there is no provider called tmp"));
    CHECK_FALSE(contains(nowhere.body, "provider_credential_id"));
  }

  TEST_CASE("a budget in another unit needs a cap in it") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(apply(api, kTeam).status == 200);
    CHECK(errorParams(apply(api, R"({"version":1,"budgets":[{"name":"all","unit":"tokens"}]})")) ==
          std::vector<std::string>{"/document/budgets/0/cap_tokens"});
  }

  TEST_CASE("a document cannot put things into a project that it deletes") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const char* document = R"({"version":1,"projects":[{"slug":"web","name":"Web"}],
      "api_keys":[{"project":"default","name":"k"}]})";
    CHECK(errorParams(apply(api, document, true)) ==
          std::vector<std::string>{"/document/api_keys/0/project"});
    CHECK(apply(api, document).status == 200);
  }

  TEST_CASE("budgets are named by what they are about, and one about something else begins anew") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(apply(api, kTeam).status == 200);
    const auto first = listAll(api, "/budgets", "id");
    REQUIRE(first.size() == 5);
    const std::string document = exported(api);
    CHECK(contains(document, R"({"project":"web","name":"ci","scope":"api_key","api_key":"ci",)"));
    CHECK(contains(document, R"("alerts":[{"threshold_pct":50,"channels":[{"type":"email",)"
                             R"("target":"ann@example.com"},{"type":"webhook",)"
                             R"("target":"https://hooks.invalid/hook"}]}])"));
    CHECK(changes(apply(api, document, true)).empty());
    CHECK(dataText(plan(api, document, true), "in_sync") == "true");
    const auto edit = [&](const std::string& budgets) {
      return ::apply(api, R"({"version":1,"budgets":)" + budgets + "}");
    };
    CHECK(changes(edit(R"([{"name":"all","cap_usd":2}])")) ==
          std::vector<std::string>{"update budget all"});
    CHECK(changes(edit(R"([{"name":"all","scope":"model","model":"m"}])")) ==
          std::vector<std::string>{"delete budget all", "create budget all"});
    CHECK(listAll(api, "/budgets", "id") != first);
    CHECK(changes(edit(R"([{"project":"web","name":"users","alerts":[]}])")).size() == 1);
    const Answer wrong = edit(
        R"([{"name":"x"},{"project":"gone","name":"y","scope":"model","cap_usd":1},)"
        R"({"project":"web","name":"z","scope":"api_key","api_key":"ci","api_key_number":2,"cap_usd":1},)"
        R"({"name":"v","scope":"provider","provider":"nobody","cap_usd":"a"},)"
        R"({"name":"w","scope":"model","cap_usd":1,"alerts":[{"threshold_pct":1,"channels":[{"type":"webhook","target":"https://no"}]}]}])");
    CHECK(wrong.status == 422);
    CHECK(errorParams(wrong) ==
          std::vector<std::string>{"/document/budgets/0/scope", "/document/budgets/0/cap_usd",
                                   "/document/budgets/1/project", "/document/budgets/2/api_key",
                                   "/document/budgets/3/provider", "/document/budgets/3/cap_usd",
                                   "/document/budgets/4/alerts/0/channels/0/target"});
    // Nobody is told of budgets in memory.
    const std::string alerts =
        R"("alerts":[{"threshold_pct":1,"channels":[{"type":"dashboard"}]}])";
    CHECK(errorParams(edit(R"([{"project":"web","name":"ci",)" + alerts + "}]")) ==
          std::vector<std::string>{"/document/budgets/0/alerts"});
    CHECK(edit(R"([{"name":"new","scope":"model","unit":"tokens","cap_tokens":1,"period":"hour",)" +
               alerts + "}]")
              .status == 422);
    // Of a section, what is not named goes.
    const Answer pruned = apply(api, R"({"version":1,"budgets":[{"name":"local"}]})", true);
    CHECK(changes(pruned).size() == 4);
    CHECK(listAll(api, "/budgets", "name") == std::vector<std::string>{"local"});
  }
}
