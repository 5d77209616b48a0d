#include "proxy/decision_trace.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("proxy/decision_trace") {
  TEST_CASE("the trace of a request and of its dry run, to the byte") {
    model::Provider provider;
    provider.id = "prov_1";
    provider.vendor = "openai";
    config::RoutingConfig config;
    config.head.slug = "default";
    config.head.version = 4;
    config.head.policy = "single";
    const routing::Decision decision{routing::Resolved::Config, &config, {{&provider, "m"}}};
    model::RequestLog row;
    row.request_id = "r1";
    const std::string begin =
        R"({"request_id":"r1","config":"@default","config_version":4,"policy":"single",)"
        R"("resolved":"config","candidates":[{"model":"m","provider":"openai",)"
        R"("provider_id":"prov_1","status":"selected"}],"attempts":[)";
    const std::string middle =
        R"(],"rules":[],"budgets":[],"cache":{"status":"MISS"},"ab_variant":null,"decision":")";
    const std::string end =
        R"(","reason":"single target of the routing config","total_latency_ms":2.5})";
    CHECK(proxy::renderDecisionTrace(row, decision, {}, 2500) == begin + middle + "dry_run" + end);
    row.attempts = 1;
    row.model = "m-1";
    row.provider = "openai";
    row.upstream_head_us = 1500;
    CHECK(proxy::renderDecisionTrace(row, decision, {}, 2500) ==
          begin +
              R"({"attempt":1,"model":"m-1","provider":"openai","status":"ok","latency_ms":1.5,)"
              R"("cost_usd":0})" +
              middle + "attempt_1" + end);
    const routing::Decision named{routing::Resolved::Auto, nullptr, {{&provider, "m"}}};
    const std::string trace = proxy::renderDecisionTrace(row, named, {}, 0);
    CHECK(trace.find(R"("config":null,"config_version":null,"policy":null,"resolved":"auto")") !=
          std::string::npos);
    CHECK(trace.find(R"("reason":"named by the request")") != std::string::npos);
  }
}
