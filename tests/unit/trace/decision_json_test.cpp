#include "trace/decision_json.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("trace/decision_json") {
  TEST_CASE("a served request shows its config, its candidates and what it tried") {
    model::DecisionTrace trace;
    trace.request_id = "r1";
    trace.config = "@default";
    trace.config_version = 4;
    trace.policy = "single";
    trace.resolved = "config";
    trace.candidates = {{"m", "openai", "prov_1", "selected", "first of the chain"}};
    trace.attempts.push_back({.model = "m-1",
                              .provider = "openai",
                              .provider_id = "prov_1",
                              .status = "ok",
                              .http_status = 200,
                              .started_at = 1'777'593'600'000,
                              .offset_us = 100,
                              .connect_us = 50,
                              .head_us = 1000,
                              .latency_us = 1500,
                              .cost = Money{125'000},
                              .input_tokens = 9,
                              .output_tokens = 3});
    trace.rules = {{"tags.a == 'b'", false}, {"else", true}};
    trace.decision = "attempt_1";
    trace.reason = "because";
    trace.total_latency_us = 2000;
    CHECK(trace::renderDecision(trace) ==
          R"({"request_id":"r1","config":"@default","config_version":4,"policy":"single",)"
          R"("resolved":"config","candidates":[{"model":"m","provider":"openai",)"
          R"("provider_id":"prov_1","status":"selected","reason":"first of the chain"}],)"
          R"("attempts":[{"attempt":1,"model":"m-1","provider":"openai","provider_id":"prov_1",)"
          R"("status":"ok","http_status":200,"started_at":"2026-05-01T00:00:00Z",)"
          R"("queue_ms":0.1,"connect_ms":0.05,"first_byte_ms":1,"ttft_ms":null,)"
          R"("latency_ms":1.5,"error":null,"upstream_request_id":null,"input_tokens":9,)"
          R"("output_tokens":3,"cost_usd":0.000125}],)"
          R"("rules":[{"index":0,"if":"tags.a == 'b'","matched":false},)"
          R"({"index":1,"if":"else","matched":true}],"budgets":[],"cache":{"status":"MISS"},)"
          R"("ab_variant":null,"decision":"attempt_1","reason":"because","total_latency_ms":2})");
  }

  TEST_CASE("budgets are shown with what their labels say") {
    model::DecisionTrace trace;
    trace.budgets = {{R"(["team, [\"a\"]",0,0],)", 12'500, model::BudgetOutcome::Ok},
                     {R"(["all",1,2],)", 0, model::BudgetOutcome::Counted},
                     {R"(["each",3,0],)", 10'000, model::BudgetOutcome::Blocked}};
    CHECK(trace::renderDecision(trace).find(
              R"("budgets":[{"name":"team, [\"a\"]","unit":"usd","action":"block",)"
              R"("used_pct":1.25,"outcome":"ok"},{"name":"all","unit":"tokens",)"
              R"("action":"warn_only","used_pct":0,"outcome":"counted"},)"
              R"({"name":"each","unit":"concurrency","action":"block","used_pct":1,)"
              R"("outcome":"blocked"}],"cache")") != std::string::npos);
  }

  TEST_CASE("what guardrails found is there when there is something") {
    model::DecisionTrace trace;
    CHECK(trace::renderDecision(trace).find("guardrails") == std::string::npos);
    trace.guardrails = {{"mail", "EMAIL", "/messages/0/content", "redact", 2}};
    CHECK(trace::renderDecision(trace).find(
              R"("guardrails":[{"rule":"mail","kind":"EMAIL","place":"/messages/0/content",)"
              R"("action":"redact","count":2}])") != std::string::npos);
  }

  TEST_CASE("without a routing config its fields are null") {
    model::DecisionTrace trace;
    trace.resolved = "auto";
    trace.decision = "dry_run";
    CHECK(trace::renderDecision(trace).find(
              R"("config":null,"config_version":null,"policy":null,"resolved":"auto")") !=
          std::string::npos);
  }
}
