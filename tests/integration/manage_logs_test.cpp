#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "integration/manage_support.h"
#include "store/log_store.h"
#include "support/store_fixture.h"
#include "trace/stored_decision.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string chat(const std::string& model, const std::string& rest = "") {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"tell me"}])" + rest +
         "}";
}

// A decision with something of everything.
std::string storedDecision(const model::RequestLog& row) {
  model::DecisionTrace trace;
  trace.request_id = row.request_id;
  trace.config = "@outer";
  trace.config_version = 4;
  trace.policy = "fallback_chain";
  trace.path = {"@outer", "@inner"};
  trace.resolved = "config";
  trace.candidates = {{"slow", "openai", row.provider_id, "failed", "timed out"},
                      {"fast", "demo", row.provider_id, "selected", ""}};
  trace.attempts = {{.model = "slow",
                     .provider = "openai",
                     .provider_id = row.provider_id,
                     .status = "timeout",
                     .started_at = row.created_at,
                     .latency_us = 2'000'000,
                     .hedge = true},
                    {.model = "fast",
                     .provider = "demo",
                     .provider_id = row.provider_id,
                     .status = "ok",
                     .http_status = 200,
                     .started_at = row.created_at,
                     .cost = Money{125'000}}};
  trace.rules = {{"tags.a == 'b'", false}, {"else", true}};
  trace.budgets = {{R"(["team-ml",0,2],)", 4200, model::BudgetOutcome::Counted}};
  trace.ab_variant = row.ab_variant;
  trace.decision = "attempt_2";
  trace.reason = "attempt_1 timed out";
  return trace::renderStored(trace);
}

// Puts a row into the log of a gateway that is not running.
void append(const TempDir& folder, const model::RequestLog& row) {
  std::vector<std::string> warnings;
  auto log = store::openLogStore(folder / "log.db", row.created_at, warnings);
  REQUIRE(log);
  (*log)->append(std::span(&row, 1));
}

}  // namespace

TEST_SUITE("manage/logs") {
  TEST_CASE("an answered request can be read at once, by its id") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer answer = proxyOf(gateway).post("/v1/chat/completions", chat("@default"));
    REQUIRE(answer.status == 200);
    const std::string id = answer.header("X-Modelux-Request-Id");
    runScenarios(api, {{"read",
                        "GET",
                        "/logs/" + id,
                        "",
                        200,
                        {R"("request_id":")" + id, R"("requested_model":"@default")",
                         R"("status":200)", R"("usage":{"source":"provider")",
                         R"("cost":{"priced":true)", R"("timings":{)", R"("request_body":null)"},
                        {"tell me"}},
                       {"list", "GET", "/logs", "", 200, {id}, {"tell me", "request_body"}}});
  }

  TEST_CASE("bodies are kept only where the project says so") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string project = listAll(api, "/projects", "id").at(0);
    REQUIRE(api.patch("/manage/v1/projects/" + project, R"({"settings":{"retain_payloads":true}})")
                .status == 200);
    const Answer answer = proxyOf(gateway).post("/v1/chat/completions", chat("@default"));
    runScenarios(
        api, {{"read",
               "GET",
               "/logs/" + answer.header("X-Modelux-Request-Id"),
               "",
               200,
               {R"("request_body":{"model":"@default")", "tell me", R"("response_body":{"id")"}}});
  }

  TEST_CASE("lists are filtered and paged, newest first") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    for (int i = 0; i < 5; ++i) {
      REQUIRE(proxy
                  .post("/v1/chat/completions",
                        chat("@default", R"(,"mlx:end_user":"ann","mlx:tags":{"team":"ml"})"))
                  .status == 200);
    }
    REQUIRE(proxy.post("/v1/chat/completions", chat("@nope")).status == 404);
    const auto count = [&](const std::string& query) {
      return listAll(api, "/logs" + query, "request_id", 2).size();
    };
    CHECK(count("") == 6);
    CHECK(count("?status=2xx") == 5);
    CHECK(count("?status=4xx") == 1);
    CHECK(count("?status=5xx") == 0);
    CHECK(count("?end_user=ann") == 5);
    CHECK(count("?endUser=bob") == 0);
    CHECK(count("?model=@nope") == 1);
    CHECK(count("?provider=demo&status=2xx") == 5);
    CHECK(count("?project_id=default") == 6);
    CHECK(count("?tags=%7B%22team%22%3A%22ml%22%7D") == 5);
    CHECK(count("?start=2020-01-01") == 6);
    CHECK(count("?end=2020-01-01T00:00:00Z") == 0);
    CHECK(listAll(api, "/logs", "requested_model", 2).at(0) == "@nope");
  }

  TEST_CASE("a list is filtered by what took part in the request") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    REQUIRE(proxy.post("/v1/chat/completions", chat("@default")).status == 200);
    const httplib::Headers ids = {{"X-Modelux-Conversation-Id", "talk"},
                                  {"X-Modelux-Trace-Id", "span"}};
    REQUIRE(proxy.send("POST", "/v1/chat/completions", chat("demo/demo-chat"), ids).status == 200);
    REQUIRE(proxy.post("/v1/chat/completions", chat("@nope")).status == 404);
    const auto models = [&](const std::string& query) {
      return listAll(api, "/logs" + query, "requested_model");
    };
    const auto first = [&](const char* path) { return listAll(api, path, "id").at(0); };
    using Models = std::vector<std::string>;
    const Models all = {"@nope", "demo/demo-chat", "@default"};
    CHECK(models("?api_key_id=" + first("/api-keys")) == all);
    CHECK(models("?api_key_id=key_x").empty());
    CHECK(models("?routing_config_id=" + first("/routing-configs")) == Models{"@default"});
    CHECK(models("?error_class=" + listAll(api, "/logs", "error_class").at(0)) == Models{"@nope"});
    CHECK(models("?errorClass=timeout").empty());
    CHECK(models("?ab_variant=b").empty());
    CHECK(models("?conversation_id=talk") == Models{"demo/demo-chat"});
    CHECK(models("?trace_id=span") == Models{"demo/demo-chat"});
    CHECK(models("?conversation_id=talk&trace_id=other").empty());
    CHECK(models("?provider=" + first("/providers") + "&status=2xx").size() == 2);
    CHECK(models("?min_latency_ms=0") == all);
    CHECK(models("?min_latency_ms=86400000").empty());
    CHECK(models("?start=2020-01-01&end=2099-01-01T00:00:00%2B02:00") == all);
    for (const char* wrong : {"?status=2", "?start=now", "?tags=x", "?min_latency_ms=-1",
                              "?cursor=x", "?limit=0", "?variant=b"}) {
      INFO(wrong);
      CHECK(api.get(std::string("/manage/v1/logs") + wrong).status == 422);
    }
  }

  TEST_CASE("a request's decision can be read, with it and by itself") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer served = proxyOf(gateway).post("/v1/chat/completions", chat("@default"));
    const Answer refused = proxyOf(gateway).post("/v1/chat/completions", chat("@nope"));
    const std::string id = served.header("X-Modelux-Request-Id");
    runScenarios(
        api, {{"of one that was served",
               "GET",
               "/logs/" + id + "/trace",
               "",
               200,
               {R"({"data":{"request_id":")" + id, R"("config":"@default")", R"("candidates":[{)",
                R"("attempts":[{"attempt":1)", R"("decision":"attempt_1")"}},
              {"of one that was refused",
               "GET",
               "/logs/" + refused.header("X-Modelux-Request-Id") + "/trace",
               "",
               200,
               {R"("attempts":[])", R"("decision":"refused")"}},
              {"of nobody", "GET", "/logs/" + newUuid() + "/trace", "", 404, {"log_not_found"}},
              {"of no id", "GET", "/logs/x/trace", "", 404, {"log_not_found"}}});
    const std::string trace = api.get("/manage/v1/logs/" + id + "/trace").body;
    const std::string alone = trace.substr(8, trace.size() - 9);
    CHECK(contains(api.get("/manage/v1/logs/" + id).body, "\"trace\":" + alone));
    CHECK_FALSE(contains(api.get("/manage/v1/logs").body, "candidates"));
  }

  TEST_CASE("a stored decision is shown as it was stored, and its variant can be filtered by") {
    TempDir folder;
    model::RequestLog row = logRow(1'777'593'600'000);
    row.provider_id = "prov_01KQGXM3BRQ8DA4E9DXY8V3PGS";
    row.ab_variant = "b";
    row.decision = storedDecision(row);
    GatewayOptions options = quietOptions();
    options.ephemeral = false;
    options.data_dir = folder.path().string();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    std::string key;
    {
      Gateway first = Gateway::start(options);
      key = first.managementKey();
      Api api = manageOf(first);
      row.project_id = listAll(api, "/projects", "id").at(0);
      row.api_key_id = listAll(api, "/api-keys", "id").at(0);
    }
    append(folder, row);
    options.log_days = 0;  // the row is old
    Gateway gateway = Gateway::start(options);
    Api api(gateway.manageUrl(), key);
    const Answer trace = api.get("/manage/v1/logs/" + row.request_id + "/trace");
    const std::string shown = trace::showStored(row.decision, row.request_id);
    CHECK(trace.body == "{\"data\":" + shown + "}");
    CHECK(contains(api.get("/manage/v1/logs/" + row.request_id).body, shown));
    CHECK(listAll(api, "/logs?ab_variant=b", "ab_variant") == std::vector<std::string>{"b"});
    CHECK(listAll(api, "/logs?ab_variant=a", "ab_variant").empty());
  }
}
