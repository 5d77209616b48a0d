// The policies as callers of the proxy meet them.
#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <string>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

struct Policies : Routed {
  FakeUpstream upstream{answerByModel};

  Policies() { provider("up", upstream.baseUrl()); }
  Answer ask(const std::string& slug, const std::string& more = "") {
    return Routed::ask(slug, R"(,"mlx:trace":true)" + more);
  }
  static std::string reasonOf(const Answer& answer) {
    const auto body = json::parse(answer.body);
    return std::string(body->root().find("mlx:trace")->stringAt("reason").value_or(""));
  }
};

}  // namespace

TEST_SUITE("proxy/policies") {
  TEST_CASE("a chain goes on after a failure, and its trace tells why") {
    Policies f;
    f.config("chain", "fallback_chain", R"({"models":["up/fail-503","up/say-hi"]})");
    const Answer answer = f.ask("chain");
    CHECK(answer.status == 200);
    CHECK(contentOf(answer) == "hi");
    CHECK(answer.header("X-Modelux-Model-Used") == "say-hi");
    CHECK(f.reasonOf(answer) == "attempt_1 overloaded");
    const auto body = json::parse(answer.body);
    const auto attempts = body->root().find("mlx:trace")->find("attempts");
    REQUIRE(attempts->size() == 2);
    CHECK(attempts->at(0).intAt("http_status") == 503);
    CHECK(attempts->at(1).stringAt("status") == "ok");
    CHECK(body->root().find("mlx:trace")->stringAt("decision") == "attempt_2");
  }

  TEST_CASE("rules decide by tags, refuse, and lead on to other configs") {
    Policies f;
    f.config("cheap", "single", R"({"model":"up/say-cheap"})");
    f.config("rules", "custom_rules",
             R"({"rules":[{"if":"tags.team == 'support'","then":"@cheap"},)"
             R"({"if":"request.has_tools","then":{"block":{"message":"no tools here"}}},)"
             R"({"else":"up/say-else"}]})");
    CHECK(contentOf(f.ask("rules")) == "else");
    CHECK(contentOf(f.ask("rules", R"(,"mlx:tags":{"team":"support"})")) == "cheap");
    const Answer refused = f.ask("rules", R"(,"tools":[{"type":"function"}])");
    CHECK(refused.status == 403);
    CHECK(refused.body.find("blocked_by_rule") != std::string::npos);
    CHECK(refused.body.find("no tools here") != std::string::npos);
    const Answer dry =
        f.manage.post("/manage/v1/routing-configs/@rules/dry-run", R"({"tags":{"team":"sales"}})");
    CHECK(dry.status == 200);
    CHECK(dry.body.find("tags.team is 'sales'") != std::string::npos);
    CHECK(dry.body.find(R"("matched":true)") != std::string::npos);
    const Answer gone = f.manage.del("/manage/v1/routing-configs/@cheap");
    CHECK(gone.status == 409);
    const Answer circle =
        f.manage.patch("/manage/v1/routing-configs/@cheap",
                       R"({"policy":"fallback_chain","config":{"models":["@rules"]}})");
    CHECK(circle.status == 422);
    CHECK(circle.body.find("config_cycle") != std::string::npos);
    const Answer wrong =
        f.save("bad", "custom_rules",
               R"({"rules":[{"if":"tags.a =","then":"@cheap"},{"else":"@cheap"}]})");
    CHECK(wrong.status == 422);
    CHECK(wrong.body.find("invalid_rule") != std::string::npos);
    CHECK(wrong.body.find("/config/rules/0/if") != std::string::npos);
  }

  TEST_CASE("an A/B test keeps its users, splits by weight and names the variant") {
    Policies f;
    f.config("a", "single", R"({"model":"up/say-a"})");
    f.config("b", "single", R"({"model":"up/say-b"})");
    f.config("test", "ab_test",
             R"({"variants":[{"weight":50,"config":"@a"},{"weight":50,"config":"@b"}]})");
    std::map<std::string, int> served;
    for (int user = 0; user < 40; ++user) {
      const std::string more = R"(,"mlx:end_user":"u)" + std::to_string(user) + "\"";
      const Answer first = f.ask("test", more);
      CHECK(contentOf(f.ask("test", more)) == contentOf(first));
      CHECK(first.header("X-Modelux-AB-Variant") ==
            (contentOf(first) == "a" ? "control" : "variant_a"));
      ++served[contentOf(first)];
    }
    CHECK(served["a"] > 5);
    CHECK(served["b"] > 5);
  }

  TEST_CASE("the cheapest model that qualifies serves") {
    Policies f;
    f.config("cost", "cost_optimized",
             R"({"allowed_models":["up/gpt-4o","up/gpt-4o-mini",{"model":"up/gpt-4.1-nano",)"
             R"("lacks":["tools"]}]})");
    CHECK(contentOf(f.ask("cost")) == "gpt-4.1-nano");
    CHECK(contentOf(f.ask("cost", R"(,"tools":[{"type":"function"}])")) == "gpt-4o-mini");
    f.config("good", "cost_optimized",
             R"({"quality_tier":"premium","allowed_models":["up/gpt-4o","up/gpt-4o-mini"]})");
    CHECK(contentOf(f.ask("good")) == "gpt-4o");
  }

  TEST_CASE("an ensemble votes, averages, takes the first that is valid, and asks a judge") {
    Policies f;
    f.config(
        "vote", "ensemble",
        R"({"aggregation":"weighted_vote","members":["up/say-no","up/say-Yes","up/say-yes "]})");
    const Answer vote = f.ask("vote");
    CHECK(contentOf(vote) == "Yes");
    CHECK(f.reasonOf(vote).find("2 of 3 agreed") != std::string::npos);
    const Answer log = f.manage.get("/manage/v1/logs?limit=1");
    CHECK(log.body.find(R"("attempts":3)") != std::string::npos);
    CHECK(log.body.find(R"("input_tokens":30)") != std::string::npos);
    f.config("mean", "ensemble",
             R"({"aggregation":"weighted_average","members":[{"model":"up/say-10","weight":3},)"
             R"("up/say-20"]})");
    CHECK(contentOf(f.ask("mean")) == "12.5");
    f.config("first", "ensemble",
             R"({"aggregation":"first_valid","members":["up/fail-400","up/say-ok"]})");
    CHECK(contentOf(f.ask("first")) == "ok");
    f.config("judge", "ensemble",
             R"({"aggregation":"llm_judge","judge":{"model":"up/say-2"},)"
             R"("members":["up/say-bad","up/say-good"]})");
    const Answer judged = f.ask("judge");
    CHECK(contentOf(judged) == "good");
    f.config("none", "ensemble", R"({"members":["up/fail-500","up/fail-500"]})");
    CHECK(f.ask("none").status == 502);
  }

  TEST_CASE("a cascade stops at the first reply that is good enough") {
    Policies f;
    f.config("cascade", "cascade",
             R"({"steps":[{"model":"up/say-hm","accept":{"min_length":5}},)"
             R"({"model":"up/say-long enough","accept":{"regex":"^long"}},"up/say-last"]})");
    CHECK(contentOf(f.ask("cascade")) == "long enough");
    f.config("strict", "cascade",
             R"({"steps":[{"model":"up/say-a","accept":{"json_valid":true}},)"
             R"({"model":"up/say-b","accept":{"json_valid":true}}]})");
    const Answer strict = f.ask("strict");
    CHECK(contentOf(strict) == "b");
    CHECK(f.reasonOf(strict).find("cascade_exhausted") != std::string::npos);
    // A stream of what was whole.
    const Answer streamed = f.ask("cascade", R"(,"stream":true)");
    CHECK(streamed.header("Content-Type").starts_with("text/event-stream"));
    CHECK(streamed.body.find(R"("content":"long enough")") != std::string::npos);
    CHECK(streamed.body.ends_with("data: [DONE]\n\n"));
  }

  TEST_CASE("a cascade's reply is held against its schema") {
    Policies f;
    f.config("schema", "cascade",
             R"({"steps":[{"model":"up/say-{}","accept":{"json_schema":{"required":["a"]}}},)"
             R"({"model":"up/say-{\"a\":1}","accept":{"json_schema":{"required":["a"]}}},)"
             R"("up/say-last"]})");
    CHECK(contentOf(f.ask("schema")) == R"({"a":1})");
    const Answer shown = f.manage.get("/manage/v1/routing-configs/@schema");
    CHECK(contains(shown.body, R"("json_schema":{"required":["a"]})"));
  }

  TEST_CASE("ensembles and cascades make one reply: more are refused before anyone is asked") {
    Policies f;
    f.config("e", "ensemble", R"({"members":["up/say-a","up/say-b"]})");
    f.config("c", "cascade", R"({"steps":["up/say-a","up/say-b"]})");
    for (const char* slug : {"e", "c"}) {
      const Answer refused = f.ask(slug, R"(,"n":2)");
      CHECK(refused.status == 400);
      CHECK(contains(refused.body, "policy_not_supported"));
      CHECK(contains(refused.body, R"("param":"n")"));
      CHECK(f.ask(slug, R"(,"n":1)").status == 200);
    }
    for (const auto& seen : f.upstream.seen()) CHECK_FALSE(contains(seen.body, R"("n":2)"));
  }

  TEST_CASE("a timed refusal keeps the target from being asked before its time") {
    std::atomic<int> asked{0};
    FakeUpstream limited([&](const http::ExchangePtr& exchange) {
      ++asked;
      fail(exchange, 429, {{"Retry-After", "30"}});
    });
    Policies f;
    f.provider("slow", limited.baseUrl());
    f.config("slow", "single", R"({"model":"slow/m"})");
    const Answer first = f.ask("slow");
    CHECK(first.status == 429);
    CHECK(first.header("Retry-After") == "30");
    const Answer second = f.ask("slow");
    CHECK(second.status == 429);
    CHECK(second.body.find("upstream_rate_limited") != std::string::npos);
    CHECK_FALSE(second.header("Retry-After").empty());
    CHECK(asked == 1);
  }

  TEST_CASE("a server error that passes is tried again at the same target") {
    std::atomic<int> asked{0};
    FakeUpstream shaky([&](const http::ExchangePtr& exchange) {
      if (asked++ == 0) return exchange->respond({500, "text/plain", "oops", {}});
      answerByModel(exchange);
    });
    Policies f;
    f.provider("shaky", shaky.baseUrl());
    f.config("shaky", "single", R"({"model":"shaky/say-back"})");
    const Answer answer = f.ask("shaky");
    CHECK(answer.status == 200);
    CHECK(contentOf(answer) == "back");
    CHECK(asked == 2);
  }
}
