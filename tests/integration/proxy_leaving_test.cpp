// Callers who leave before there is an answer: nothing goes on for them, nothing stays reserved,
// and the log knows.
#include <doctest/doctest.h>

#include <string>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// The trace of the caller who left, once the log has the row, with so many attempts.
json::Document traceOfLeaver(Routed& f, int64_t attempts) {
  const auto row = f.lastRow([](json::ValueRef found) { return found.intAt("status") == 499; });
  CHECK(row.root().stringAt("error_class") == "client_closed_request");
  CHECK(row.root().intAt("attempts") == attempts);
  auto trace = f.traceOf(std::string(row.root().stringAt("request_id").value_or("")));
  CHECK(decisionOf(trace) == "failed");
  f.checkMoney();
  return trace;
}

bool metricIs(Routed& f, const std::string& line) {
  return contains(f.manage.get("/metrics").body, "\n" + line + "\n");
}

}  // namespace

TEST_SUITE("proxy/leaving") {
  TEST_CASE("during the first attempt, whole or as a stream") {
    for (const char* stream : {"", R"(,"stream":true)"}) {
      Routed f;
      SilentUpstream silent;
      f.provider("silent", silent.upstream.baseUrl());
      f.budget();
      f.config("c", "single", R"({"model":"silent/gpt-4o-mini"})");
      Leaver caller(f, Routed::chatBody("c", stream));
      REQUIRE(silent.held.wait(1));
      CHECK(f.budgetText("reserved_usd") != "0");
      caller.leave();
      CHECK(silent.upstream.waitGone(1));
      CHECK(statusesOf(traceOfLeaver(f, 1)) == "cancelled");
    }
  }

  TEST_CASE("during a fallback") {
    Routed f;
    FakeUpstream broken([](const http::ExchangePtr& exchange) { fail(exchange, 503); });
    SilentUpstream silent;
    FakeUpstream never(answerByModel);
    f.provider("broken", broken.baseUrl());
    f.provider("silent", silent.upstream.baseUrl());
    f.provider("never", never.baseUrl());
    f.budget();
    f.config("c", "fallback_chain",
             R"({"models":["broken/gpt-4o-mini","silent/gpt-4o-mini","never/gpt-4o-mini"]})");
    Leaver caller(f, Routed::chatBody("c"));
    REQUIRE(silent.held.wait(1));
    caller.leave();
    CHECK(silent.upstream.waitGone(1));
    const auto trace = traceOfLeaver(f, 2);
    CHECK(statusesOf(trace) == "overloaded,cancelled");
    CHECK(reasonOf(trace) == "attempt_1 overloaded; attempt_2 cancelled");
    CHECK(never.seen().empty());
  }

  TEST_CASE("while it waits to try again") {
    Routed f;
    FakeUpstream broken([](const http::ExchangePtr& exchange) {
      fail(exchange, 500, {{"retry-after-ms", "2500"}});
    });
    const std::string id = f.provider("broken", broken.baseUrl());
    f.budget();
    f.config("c", "single", R"({"model":"broken/gpt-4o-mini"})");
    Leaver caller(f, Routed::chatBody("c"));
    // Once the failure counts, the wait has begun.
    REQUIRE(eventually([&] {
      const Answer health = f.manage.get(std::string(kBase) + "/providers/" + id + "/health");
      return dataText(health, "samples") == "1";
    }));
    CHECK(f.budgetText("reserved_usd") == "0");
    caller.leave();
    CHECK(statusesOf(traceOfLeaver(f, 1)) == "server_error");
    CHECK(broken.seen().size() == 1);
  }

  TEST_CASE("while all targets are blocked for a while") {
    Routed f;
    FakeUpstream limited([](const http::ExchangePtr& exchange) {
      fail(exchange, 429, {{"retry-after-ms", "2900"}});
    });
    f.provider("limited", limited.baseUrl());
    f.budget();
    // The first does not wait: that the target is blocked is what the second finds.
    f.config("hasty", "single", R"({"model":"limited/gpt-4o-mini","total_budget_ms":1000})");
    f.config("c", "single", R"({"model":"limited/gpt-4o-mini"})");
    CHECK(f.ask("hasty").status == 429);
    Leaver caller(f, Routed::chatBody("c"));
    REQUIRE(eventually([&] { return metricIs(f, "penstock_requests_in_flight 1"); }));
    caller.leave();
    traceOfLeaver(f, 0);
    CHECK(limited.seen().size() == 1);
  }

  TEST_CASE("while two attempts are hedged") {
    Routed f;
    SilentUpstream a, b;
    f.provider("a", a.upstream.baseUrl());
    f.provider("b", b.upstream.baseUrl());
    f.budget();
    f.config(
        "c", "fallback_chain",
        R"({"models":["a/gpt-4o-mini","b/gpt-4o-mini"],"hedge":{"after_ms":5,"max_pct":100}})");
    Leaver caller(f, Routed::chatBody("c"));
    REQUIRE(a.held.wait(1));
    REQUIRE(b.held.wait(1));
    caller.leave();
    CHECK(a.upstream.waitGone(1));
    CHECK(b.upstream.waitGone(1));
    CHECK(statusesOf(traceOfLeaver(f, 2)) == "cancelled,cancelled");
  }

  TEST_CASE("while an ensemble's members are asked") {
    Routed f;
    SilentUpstream silent;
    f.provider("silent", silent.upstream.baseUrl());
    f.budget();
    f.config("c", "ensemble",
             R"({"aggregation":"weighted_vote","members":["silent/gpt-4o-mini","silent/gpt-4o"]})");
    Leaver caller(f, Routed::chatBody("c"));
    REQUIRE(silent.held.wait(2));
    caller.leave();
    CHECK(silent.upstream.waitGone(2));
    CHECK(statusesOf(traceOfLeaver(f, 2)) == "cancelled,cancelled");
  }
}
