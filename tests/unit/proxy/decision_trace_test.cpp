#include "proxy/decision_trace.h"

#include <string>

#include <doctest/doctest.h>

#include "trace/decision_json.h"

using namespace penstock;

TEST_SUITE("proxy/decision_trace") {
  TEST_CASE("the trace of a dry run, to the byte") {
    model::Provider provider;
    provider.id = "prov_1";
    provider.vendor = "openai";
    config::RoutingConfig config;
    config.head.slug = "default";
    config.head.version = 4;
    config.head.policy = "single";
    routing::Decision decision;
    decision.config = &config;
    decision.line.candidates.push_back(
        {.provider = &provider, .model = "m", .reason = "single target"});
    decision.line.candidates.push_back({.provider = &provider, .model = "n"});
    decision.line.passed.push_back({&provider, "o", "cannot call tools"});
    model::RequestLog row;
    row.request_id = "r1";
    CHECK(trace::renderDecision(proxy::traceDecision(row, decision, {}, 2500)) ==
          R"({"request_id":"r1","config":"@default","config_version":4,"policy":"single",)"
          R"("resolved":"config","candidates":[{"model":"m","provider":"openai",)"
          R"("provider_id":"prov_1","status":"selected","reason":"single target"},)"
          R"({"model":"n","provider":"openai","provider_id":"prov_1","status":"not_needed",)"
          R"("reason":null},{"model":"o","provider":"openai","provider_id":"prov_1",)"
          R"("status":"skipped","reason":"cannot call tools"}],"attempts":[],"rules":[],)"
          R"("budgets":[],"cache":{"status":"MISS"},"ab_variant":null,"decision":"dry_run",)"
          R"("reason":"single target","total_latency_ms":2.5})");
    row.basis = model::PriceBasis::Kept;
    const std::string kept = trace::renderDecision(proxy::traceDecision(row, decision, {}, 0));
    CHECK(kept.find(R"("cache":{"status":"HIT"},"ab_variant":null,"decision":"cache",)") !=
          std::string::npos);
    CHECK(kept.find(R"("status":"selected")") == std::string::npos);
    row.basis = model::PriceBasis::Unknown;
    decision.config = nullptr;
    decision.resolved = routing::Resolved::Auto;
    const std::string trace = trace::renderDecision(proxy::traceDecision(row, decision, {}, 0));
    CHECK(trace.find(R"("config":null,"config_version":null,"policy":null,"resolved":"auto")") !=
          std::string::npos);
  }
}
