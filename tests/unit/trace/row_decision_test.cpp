#include "trace/row_decision.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;

namespace {

// A row of before: served by the only attempt.
model::RequestLog servedRow() {
  model::RequestLog row;
  row.request_id = "r1";
  row.created_at = 1'777'593'600'000;
  row.requested_model = "@production";
  row.routing_config_id = "rc_1";
  row.routing_config_version = 3;
  row.resolved = "config";
  row.provider = "openai";
  row.provider_id = "prov_1";
  row.model = "gpt-4o-mini";
  row.status = 200;
  row.attempts = 1;
  row.usage.input_uncached = 9;
  row.usage.output_text = 3;
  row.cost_total = Money{125'000};
  row.upstream_connect_us = 50;
  row.upstream_head_us = 1000;
  row.ttft_us = 1100;
  row.latency_us = 1500;
  return row;
}

}  // namespace

TEST_SUITE("trace/row_decision") {
  TEST_CASE("a stored decision is shown as it was stored") {
    model::RequestLog row = servedRow();
    row.decision = R"({"decision":"attempt_2"})";
    CHECK(trace::decisionOf(row) == row.decision);
  }

  TEST_CASE("a row without one shows the target that served, by its columns") {
    CHECK(trace::decisionOf(servedRow()) ==
          R"({"request_id":"r1","config":"@production","config_version":3,"policy":null,)"
          R"("resolved":"config","candidates":[{"model":"gpt-4o-mini","provider":"openai",)"
          R"("provider_id":"prov_1","status":"selected","reason":null}],)"
          R"("attempts":[{"attempt":1,"model":"gpt-4o-mini","provider":"openai",)"
          R"("provider_id":"prov_1","status":"ok","http_status":200,)"
          R"("started_at":"2026-05-01T00:00:00Z","queue_ms":null,"connect_ms":0.05,)"
          R"("first_byte_ms":1,"ttft_ms":1.1,"latency_ms":1.5,"error":null,)"
          R"("upstream_request_id":null,"input_tokens":9,"output_tokens":3,)"
          R"("cost_usd":0.000125}],"rules":[],"budgets":[],"cache":{"status":"MISS"},)"
          R"("ab_variant":null,"decision":"attempt_1","reason":"served","total_latency_ms":1.5})");
  }

  TEST_CASE("of several attempts the last alone is known, and its times are not") {
    model::RequestLog row = servedRow();
    row.attempts = 3;
    row.status = 502;
    row.error_class = "upstream_error";
    const std::string trace = trace::decisionOf(row);
    for (const char* part :
         {R"("status":"failed","reason":"upstream_error"}],"attempts":[{"attempt":1)",
          R"("status":"upstream_error","http_status":null)", R"("latency_ms":null)",
          R"("reason":"upstream_error; of its 3 attempts the last alone is known")"}) {
      CHECK_MESSAGE(trace.find(part) != std::string::npos, part, " in ", trace);
    }
  }

  TEST_CASE("a request that was refused has neither candidates nor attempts") {
    model::RequestLog row;
    row.request_id = "r2";
    row.requested_model = "@nope";
    row.status = 404;
    row.error_class = "model_not_found";
    const std::string trace = trace::decisionOf(row);
    for (const char* part :
         {R"("config":null)", R"("resolved":null)", R"("candidates":[],"attempts":[])",
          R"("decision":"refused")", R"("reason":"model_not_found")"}) {
      CHECK_MESSAGE(trace.find(part) != std::string::npos, part, " in ", trace);
    }
  }
}
