// Answers with everything filled in. What they say is tested elsewhere; that they say it in the
// form of schema/openapi/manage.yaml is checked by openapi/manage, of everything that is sent here.
#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

Answer expect(int status, const Answer& answer) {
  CHECK_MESSAGE(answer.status == status, answer.body);
  return answer;
}

Answer post(Api& api, const std::string& path, const std::string& body, int status = 201) {
  INFO(path);
  return expect(status, api.post(kBase + path, body));
}
Answer get(Api& api, const std::string& path) {
  INFO(path);
  return expect(200, api.get(kBase + path));
}
Answer patch(Api& api, const std::string& path, const std::string& body) {
  INFO(path);
  return expect(200, api.patch(kBase + path, body));
}

// A project, people and keys with every field that they have.
void fillWithKeys(Api& api) {
  post(api, "/projects",
       R"({"name":"Two","slug":"two","description":"d","settings":{"retain_payloads":true,)"
       R"("auto_resolve_bare_model":false}})");
  const Answer member =
      post(api, "/members",
           R"({"email":"Ada@Example.com","role":"member","name":"Ada","project_ids":["two"]})");
  post(api, "/members", R"({"email":"bob@example.com","role":"viewer"})");
  patch(api, "/members/" + dataText(member, "id"), R"({"name":"Ada L."})");
  const Answer key = post(
      api, "/api-keys",
      R"({"projectId":"two","name":"full","description":"d","expires_at":"2099-01-01","rateLimitRpm":5,)"
      R"("allowed_models":["@default","openai/*"],"ip_allowlist":["10.1.2.3/8","::1"]})");
  post(api, "/api-keys/" + dataText(key, "id") + "/rotate", R"({"overlap_seconds":60})", 200);
  patch(api, "/api-keys/" + dataText(key, "id"), R"({"expires_in_days":null,"ip_allowlist":null})");
  const Answer held = post(
      api, "/management-keys",
      R"({"name":"hers","role":"viewer","description":"d","project_ids":["two"],"expires_in_days":9,)"
      R"("rate_limit_rpm":1000,"ip_allowlist":["127.0.0.1"],"member_id":")" +
          dataText(member, "id") + R"("})");
  post(api, "/management-keys/" + dataText(held, "id") + "/rotate", R"({"overlap_seconds":60})",
       200);
  expect(200, api.del(std::string(kBase) + "/members/" + dataText(member, "id")));
}

// A budget with every field and of every unit, with alerts, and a balance.
void fillWithBudgets(Api& api) {
  const std::string path =
      "/budgets/" +
      dataText(
          post(
              api, "/budgets",
              R"({"name":"full","scope":"tag","projectId":"default","tag_key":"team","tag_value":"ml",)"
              R"("unit":"usd","cap_usd":"12.5","period":"monthly","reset_day":31,)"
              R"("timezone":"Europe/Berlin","soft_cap_pct":70,"action":"downgrade",)"
              R"("downgrade_to":"@default","enabled":true})"),
          "id");
  patch(api, path, R"({"cap_usd":13,"enabled":false})");
  post(api, "/budgets",
       R"({"name":"t","scope":"model","unit":"tokens","cap_tokens":5,"period":"hour"})");
  post(api, "/budgets",
       R"({"name":"c","scope":"api_key","unit":"concurrency","cap_concurrency":5})");
  post(api, "/budgets",
       R"({"name":"r","scope":"organization","unit":"requests","cap_requests":5})");
  post(api, path + "/alerts",
       R"({"threshold_pct":50,"channels":[{"type":"email","target":"ada@example.com"},)"
       R"({"type":"webhook"},{"type":"dashboard"}]})");
  for (const std::string& id : listAll(api, "/budgets", "id")) {
    for (const char* part : {"", "/status", "/buckets", "/events", "/alerts"}) {
      get(api, "/budgets/" + id + part);
    }
  }
  const std::string balance =
      "/balances/" +
      dataText(
          post(
              api, "/balances",
              R"({"project_id":"default","credit_usd":5,"low_threshold_usd":"1","daily_cap_usd":2,)"
              R"("timezone":"Asia/Tokyo"})"),
          "id");
  patch(api, balance, R"({"low_threshold_usd":2,"daily_cap_usd":null})");
  post(api, balance + "/entries", R"({"type":"refund","amount_usd":"0.5","note":"n"})");
  get(api, balance);
  get(api, balance + "/entries");
  get(api, "/balances");
}

void fillWithWebhooks(Api& api) {
  const Answer all =
      post(api, "/webhooks/endpoints",
           R"({"url":"http://127.0.0.1:9/","private":true,"eventTypes":["*"],"description":"d"})");
  post(api, "/webhooks/endpoints",
       R"({"url":"https://hooks.slack.com/services/T/B/x","active":false,)"
       R"("event_types":["api_key.revoked"]})");
  const std::string path = "/webhooks/endpoints/" + dataText(all, "id");
  post(api, path + "/rotate-secret", "", 200);
  const Answer sent = post(api, path + "/test", R"({"event_type":"budget.exceeded"})");
  post(api, "/webhooks/deliveries/" + dataText(sent, "id") + "/replay", "");
  get(api, "/webhooks/deliveries/" + dataText(sent, "id"));
  get(api, "/webhooks/deliveries?status=pending&event_type=budget.exceeded&limit=1");
}

void fillWithConfigs(Api& api) {
  post(api, "/providers",
       R"({"vendor":"openai","name":"main","api_key":"sk-0123456789abcdef0123","default":true,)"
       R"("base_url":"https://llm.example.com/v1","default_model":"m","verify":false})");
  get(api, "/providers/main/health");
  post(api, "/providers/demo/verify", "{}", 200);
  post(api, "/routing-configs",
       R"({"project_id":"two","name":"Old","strategy":"single","model":"main/m","note":"n"})");
  const std::string path = "/routing-configs/@old";
  patch(api, path + "?project_id=two",
        R"({"strategy":"single","model":"main/n","expected_version":1})");
  get(api, path + "/diff?project_id=two&from=1&to=2");
  post(api, path + "/rollback?project_id=two", R"({"version":1,"expected_version":2})", 200);
  get(api, path + "/versions?project_id=two&limit=2");
  post(api, path + "/dry-run?project_id=two",
       R"({"messages":[{"role":"user","content":"x"}],"tags":{"team":"ml"},"end_user":"u"})", 200);
}

}  // namespace

TEST_SUITE("manage/document") {
  TEST_CASE("everything filled in is listed, shown, exported, planned and applied") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    fillWithKeys(api);
    fillWithWebhooks(api);
    fillWithBudgets(api);
    fillWithConfigs(api);
    for (const char* list : {"/projects?include_deleted=true", "/members",
                             "/api-keys?status=active", "/management-keys", "/providers",
                             "/routing-configs?project_id=two", "/webhooks/endpoints",
                             "/audit-logs", "/audit-logs?start=2020-01-01", "/audit-logs/verify"}) {
      get(api, list);
    }
    const Answer exported = get(api, "/config/export?include_key_hashes=true");
    const std::string document = parsed(exported.body).root().find("data")->text();
    CHECK(dataText(post(api, "/config/plan", R"({"document":)" + document + "}", 200), "in_sync") ==
          "true");
    const std::string other =
        R"({"prune":true,"document":{"version":1,"members":[],)"
        R"("projects":[{"slug":"default","name":"Default","description":"changed"},)"
        R"({"slug":"two","name":"Two"},{"slug":"three","name":"Three"}],)"
        R"("routing_configs":[{"project":"three","slug":"default","name":"D","policy":"single",)"
        R"("config":{"model":"m","provider":"main"}},{"project":"default","slug":"default"}],)"
        R"("api_keys":[{"project":"three","name":"made","expires_in_days":5}],)"
        R"("webhook_endpoints":[{"url":"https://hooks.example.com/a","event_types":null}]}})";
    post(api, "/config/plan", other, 200);
    CHECK(contains(post(api, "/config/apply", other, 200).body, "whsec_"));
  }

  TEST_CASE("a request is logged with its bodies, tags and cost") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    patch(api, "/projects/default", R"({"settings":{"retainPayloads":true}})");
    const std::string chat =
        R"({"messages":[{"role":"user","content":"x"}],"mlx:tags":{"team":"ml"},"mlx:end_user":"u",)";
    Api proxy = proxyOf(gateway);
    expect(200, proxy.post("/v1/chat/completions", chat + R"("model":"@default"})"));
    expect(200, proxy.post("/v1/chat/completions", chat + R"("model":"@default","stream":true})"));
    CHECK(proxy.post("/v1/chat/completions", chat + R"("model":"@none"})").status == 404);
    for (const std::string& id : listAll(api, "/logs", "request_id")) get(api, "/logs/" + id);
    get(api, "/logs?tags=%7B%22team%22%3A%22ml%22%7D&endUser=u&status=2xx&min_latency_ms=0");
    get(api, "/orgs/current");
  }

  TEST_CASE("repetitions, what is unchanged and what is too much are answered as documented") {
    GatewayOptions options = quietOptions();
    options.manage_rate_limit_rpm = 12;
    Gateway gateway = Gateway::start(options);
    Api api = manageOf(gateway);
    const std::string path = std::string(kBase) + "/projects";
    const httplib::Headers once = {{"Idempotency-Key", "k"}};
    expect(201, api.send("POST", path, R"({"name":"A"})", once));
    const Answer again = expect(201, api.send("POST", path, R"({"name":"A"})", once));
    CHECK(again.header("Idempotent-Replayed") == "true");
    expect(422, api.send("POST", path, R"({"name":"B"})", once));
    const std::string one = path + "/a";
    const std::string etag = expect(200, api.get(one)).header("ETag");
    CHECK(expect(304, api.send("GET", one, "", {{"If-None-Match", etag}})).body.empty());
    expect(200, api.send("PATCH", one, R"({"name":"C"})", {{"If-Match", etag}}));
    expect(409, api.send("DELETE", one, "", {{"If-Match", etag}}));
    expect(422, api.send("DELETE", one, "", {{"If-Match", "x"}}));
    Answer answer;
    for (int i = 0; i < 20 && answer.status != 429; ++i) answer = api.get(one);
    expect(429, answer);
    CHECK(answer.header("Retry-After") != "");
  }
}
