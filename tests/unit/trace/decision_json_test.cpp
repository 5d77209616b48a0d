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
    trace.candidates = {{"m", "openai", "prov_1", "selected"}};
    trace.attempts = {{"m-1", "openai", "ok", 1500, Money{125'000}}};
    trace.decision = "attempt_1";
    trace.reason = "because";
    trace.total_latency_us = 2000;
    CHECK(trace::renderDecision(trace) ==
          R"({"request_id":"r1","config":"@default","config_version":4,"policy":"single",)"
          R"("resolved":"config","candidates":[{"model":"m","provider":"openai",)"
          R"("provider_id":"prov_1","status":"selected"}],"attempts":[{"attempt":1,)"
          R"("model":"m-1","provider":"openai","status":"ok","latency_ms":1.5,)"
          R"("cost_usd":0.000125}],"rules":[],"budgets":[],"cache":{"status":"MISS"},)"
          R"("ab_variant":null,"decision":"attempt_1","reason":"because","total_latency_ms":2})");
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
