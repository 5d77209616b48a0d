#include <doctest/doctest.h>
#include <re2/re2.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "integration/manage_support.h"
#include "support/temp_dir.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// Random calls of the management API, from a seed. Many are refused; what is done must last.
class Caller {
 public:
  Caller(Api api, unsigned seed) : api_(std::move(api)), random_(seed) {}

  void step() {
    using Step = void (Caller::*)();
    static constexpr Step kSteps[] = {
        &Caller::addProject,  &Caller::addProvider, &Caller::addConfig,  &Caller::addKey,
        &Caller::addBudget,   &Caller::addBudget,   &Caller::addPrice,   &Caller::addAlert,
        &Caller::addMember,   &Caller::addEndpoint, &Caller::addManager, &Caller::edit,
        &Caller::edit,        &Caller::edit,        &Caller::rotate,     &Caller::remove,
        &Caller::removeOther, &Caller::rollBack};
    (this->*kSteps[pick(std::size(kSteps))])();
  }

  int succeeded = 0;

 private:
  size_t pick(size_t count) { return random_() % count; }
  std::string name() { return "n" + std::to_string(pick(40)); }
  std::string any(const std::string& list, const std::string& field = "id") {
    const auto all = listAll(api_, list, field, 200);
    return all.empty() ? "none" : all[pick(all.size())];
  }
  void send(const std::string& method, const std::string& path, const std::string& body) {
    const Answer answer = api_.send(method, kBase + path, body);
    REQUIRE_MESSAGE(answer.status < 500, answer.body);
    if (answer.status < 300) ++succeeded;
  }
  std::string quoted(const std::string& key, const std::string& value) {
    return "\"" + key + "\":\"" + value + "\"";
  }

  void addProject() { send("POST", "/projects", "{" + quoted("name", name()) + "}"); }
  void addProvider() {
    const bool demo = pick(2) == 0;
    send("POST", "/providers",
         "{" + quoted("name", name()) + "," + quoted("vendor", demo ? "demo" : "openai") +
             (demo ? "" : R"(,"base_url":"http://127.0.0.1:1/v1","private":true,"verify":false)") +
             (pick(2) == 0 ? R"(,"default":true)" : "") + R"(,"default_model":"m"})");
  }
  std::string target() {
    return R"("policy":"single","config":{)" + quoted("model", name()) + "," +
           quoted("provider_credential_id", any("/providers")) + "}";
  }
  void addConfig() {
    send("POST", "/routing-configs",
         "{" + quoted("name", name()) + "," + quoted("project_id", any("/projects")) + "," +
             target() + "}");
  }
  void addKey() {
    send("POST", "/api-keys",
         "{" + quoted("name", name()) + "," + quoted("project_id", any("/projects")) +
             (pick(2) == 0 ? R"(,"rate_limit_rpm":5,"allowed_models":["@a","b*"])" : "") +
             (pick(3) == 0 ? R"(,"expires_in_days":9,"ip_allowlist":["10.0.0.0/8"])" : "") + "}");
  }
  void addMember() {
    static constexpr const char* kRoles[] = {"owner", "admin", "member", "viewer"};
    send("POST", "/members",
         "{" + quoted("email", name() + "@example.com") + "," + quoted("role", kRoles[pick(4)]) +
             (pick(3) == 0 ? ",\"project_ids\":[\"" + any("/projects") + "\"]" : "") + "}");
  }
  void addEndpoint() {
    send("POST", "/webhooks/endpoints",
         "{" + quoted("url", "https://hooks.invalid/" + name()) +
             R"(,"event_types":["api_key.revoked"]})");
  }
  void addBudget() {
    static const std::vector<std::pair<const char*, const char*>> kAbout{
        {"project", ""},
        {"organization", ""},
        {"api_key", "/api-keys"},
        {"routing_config", "/routing-configs"},
        {"provider", "/providers"},
        {"end_user", ""}};
    const auto& [scope, list] = kAbout[pick(kAbout.size())];
    std::string body = "{" + quoted("name", name()) + "," + quoted("scope", scope);
    if (*list != '\0' && pick(4) != 0) {
      body += "," + quoted(std::string(scope) + "_id", any(list));
    } else if (std::string(scope) != "organization" && pick(2) == 0) {
      body += "," + quoted("project_id", any("/projects"));
    }
    body += pick(2) == 0 ? R"(,"cap_usd":12.5,"period":"weekly","reset_day":3)"
                         : R"(,"unit":"tokens","cap_tokens":9,"period":"minute")";
    send("POST", "/budgets", body + "}");
  }
  void addPrice() {
    send("POST", "/prices",
         "{" + quoted("provider", pick(2) == 0 ? "openai" : any("/providers", "name")) + "," +
             quoted("model", name()) + R"(,"pricing":{"input":)" + std::to_string(pick(9)) +
             (pick(2) == 0 ? R"(,"tiers":[{"above_input_tokens":9,"input":77}]})"
                           : R"(},"starts_at":"2027-01-01T00:00:00Z","context_window":9)") +
             "}");
  }
  void addAlert() {
    send(
        "POST", "/budgets/" + any("/budgets") + "/alerts",
        R"({"threshold_pct":)" + std::to_string(1 + pick(120)) +
            R"(,"channels":[{"type":"email","target":"a@example.com"},{"type":"webhook","target":")" +
            any("/webhooks/endpoints") + R"("}]})");
  }
  void addManager() {
    send("POST", "/management-keys",
         "{" + quoted("name", name()) + R"(,"role":"viewer","rate_limit_rpm":9})");
  }
  void edit() {
    switch (pick(6)) {
      case 0:
        return send("PATCH", "/projects/" + any("/projects"),
                    "{" + quoted("description", name()) + "}");
      case 1:
        return send("PATCH", "/providers/" + any("/providers"),
                    "{" + quoted("default_model", name()) + R"(,"default":true})");
      case 2:
        return send("PATCH", "/routing-configs/" + any("/routing-configs"), "{" + target() + "}");
      case 3:
        return send("PATCH", "/api-keys/" + any("/api-keys"), "{" + quoted("name", name()) + "}");
      case 4:
        return send("PATCH", "/members/" + any("/members"), R"({"role":"admin","project_ids":[]})");
      default:
        return send("PATCH", "/webhooks/endpoints/" + any("/webhooks/endpoints"),
                    R"({"active":false})");
    }
  }
  void rotate() {
    send("POST", "/api-keys/" + any("/api-keys") + "/rotate", R"({"overlap_seconds":60})");
  }
  void remove() {
    static constexpr const char* kLists[] = {"/api-keys",           "/routing-configs", "/members",
                                             "/webhooks/endpoints", "/budgets",         "/prices"};
    const std::string list = kLists[pick(std::size(kLists))];
    send("DELETE", list + "/" + any(list), "");
  }
  void removeOther() {
    if (pick(3) == 0)
      send("DELETE", "/projects/" + any("/projects"), "");
    else
      send("DELETE", "/providers/" + any("/providers"), "");
  }
  void rollBack() {
    send("POST", "/routing-configs/" + any("/routing-configs") + "/rollback", R"({"version":1})");
  }

  Api api_;
  std::mt19937 random_;
};

// Without what a running gateway has seen of its providers, which it does not store.
std::string withoutHealth(std::string providers) {
  RE2::GlobalReplace(&providers, R"("health":\{[^{}]*\})", "");
  return providers;
}

// All that the API shows of what is stored.
std::string everything(Api& api) {
  std::string all;
  for (const char* list : {"/projects?include_deleted=true", "/providers", "/routing-configs",
                           "/api-keys", "/members", "/management-keys", "/webhooks/endpoints",
                           "/budgets", "/balances", "/prices", "/audit-logs"}) {
    const char separator = std::string(list).find('?') == std::string::npos ? '?' : '&';
    const Answer answer = api.get(kBase + std::string(list) + separator + "limit=200");
    REQUIRE(answer.status == 200);
    all += withoutHealth(answer.body) + "\n";
  }
  // How far they have come is the dispatcher's business, which goes on.
  for (const std::string& id : listAll(api, "/webhooks/deliveries", "id", 200)) all += id + "\n";
  for (const std::string& id : listAll(api, "/routing-configs", "id", 200)) {
    all += api.get(kBase + std::string("/routing-configs/") + id + "/versions?limit=200").body;
  }
  return all;
}

std::string exported(Api& api) {
  const Answer answer = api.get("/manage/v1/config/export?include_key_hashes=true");
  REQUIRE(answer.status == 200);
  return parsed(answer.body).root().find("data")->text();
}

}  // namespace

TEST_SUITE("manage/property") {
  TEST_CASE(
      "after any calls the state outlives a restart, an export makes the same state elsewhere, and "
      "the audit log is whole") {
    const char* given = std::getenv("PENSTOCK_SEED");
    const unsigned first = given == nullptr ? 1 : static_cast<unsigned>(std::stoul(given));
    const unsigned last = given == nullptr ? 4 : first;
    for (unsigned seed = first; seed <= last; ++seed) {
      INFO("PENSTOCK_SEED=", seed);
      TempDir dir;
      GatewayOptions options = quietOptions();
      options.ephemeral = false;
      options.data_dir = dir.path().string();
      options.proxy_listen = options.manage_listen = "127.0.0.1:0";
      std::string key;
      std::string before;
      {
        Gateway gateway = Gateway::start(options);
        key = gateway.managementKey();
        Caller caller(manageOf(gateway), seed);
        for (int i = 0; i < 120; ++i) caller.step();
        CHECK(caller.succeeded > 40);
        Api api = manageOf(gateway);
        before = everything(api);
      }
      Gateway gateway = Gateway::start(options);
      Api api(gateway.manageUrl(), key);
      CHECK(everything(api) == before);
      CHECK(dataText(api.get("/manage/v1/audit-logs/verify"), "ok") == "true");
      const std::string document = exported(api);
      Gateway second = quietGateway();
      Api other = manageOf(second);
      const Answer applied =
          other.post("/manage/v1/config/apply", R"({"prune":true,"document":)" + document + "}");
      REQUIRE_MESSAGE(applied.status == 200, applied.body);
      const auto differences =
          api.post("/manage/v1/config/plan", R"({"document":)" + exported(other) + "}");
      INFO(differences.body);
      CHECK(exported(other) == document);
    }
  }
}
