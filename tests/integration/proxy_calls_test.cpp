// Requests that take several calls: how they are counted, and how their cost is explained.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

struct Calls : Routed {
  FakeUpstream upstream{answerByModel};
  int limits = 0;

  Calls() {
    provider("up", upstream.baseUrl());
    config(
        "two", "cascade",
        R"({"steps":[{"model":"up/say-no","accept":{"min_length":10}},{"model":"up/say-well enough"}]})");
    config("both", "ensemble",
           R"({"members":["up/say-a","up/say-a","up/say-a"],"aggregation":"weighted_vote"})");
  }

  std::string limit(const std::string& fields) {
    const std::string name = "n" + std::to_string(++limits);
    const Answer made =
        manage.post(std::string(kBase) + "/budgets", R"({"name":")" + name + "\"," + fields + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return dataText(made, "id");
  }
  Answer status(const std::string& id) {
    return manage.get(std::string(kBase) + "/budgets/" + id + "/status");
  }
  json::Document costOf(const Answer& answer) {
    const std::string path =
        std::string(kBase) + "/logs/" + answer.header("X-Modelux-Request-Id") + "/cost";
    return parsed(parsed(manage.get(path).body).root().find("data")->text());
  }
};

double numberOf(json::ValueRef object, const char* key) {
  return object.find(key)->asDouble().value_or(-1);
}

}  // namespace

TEST_SUITE("proxy/calls") {
  TEST_CASE("a request counts once, however many calls it takes") {
    for (const char* slug : {"two", "both"}) {
      CAPTURE(slug);
      Calls f;
      const std::string id =
          f.limit(R"("scope":"organization","unit":"requests","cap_requests":2,"period":"daily")");
      const std::string money = f.limit(R"("scope":"organization","cap_usd":100,"period":"daily")");
      f.limit(R"("scope":"api_key","unit":"concurrency","cap_concurrency":1)");
      const Answer first = f.ask(slug);
      REQUIRE_MESSAGE(first.status == 200, first.body);
      CHECK(f.upstream.seen().size() == (std::string(slug) == "two" ? 2 : 3));
      CHECK(dataText(f.status(id), "spend_requests") == "1");
      CHECK(dataText(f.status(money), "requests") == "1");
      CHECK(f.ask(slug).status == 200);
      CHECK(f.ask(slug).status == 429);
      CHECK(dataText(f.status(id), "spend_requests") == "2");
    }
  }

  TEST_CASE("while members are under way the request is one, until the last of them is done") {
    Routed f;
    SilentUpstream silent;
    f.provider("up", silent.upstream.baseUrl());
    f.config("all", "ensemble",
             R"({"members":["up/say-a","up/say-b"],"aggregation":"first_valid"})");
    const Answer made = f.manage.post(
        std::string(kBase) + "/budgets",
        R"({"name":"one","scope":"api_key","unit":"concurrency","cap_concurrency":1})");
    REQUIRE(made.status == 201);
    Leaver first(f, Routed::chatBody("all"));
    REQUIRE(silent.held.wait(2));
    CHECK(f.ask("all").status == 429);
    // The member that was counted is done; the other still is under way.
    REQUIRE(silent.held.answerOne([](const http::ExchangePtr& exchange) { fail(exchange, 500); }));
    const std::string id = dataText(made, "id");
    const auto reserved = [&] {
      return dataText(f.manage.get(std::string(kBase) + "/budgets/" + id + "/status"),
                      "reserved_concurrency");
    };
    CHECK(f.ask("all").status == 429);
    first.leave();
    CHECK(eventually([&] { return reserved() == "0"; }));
  }

  TEST_CASE("a call that fails after all others are done does not take the count with it") {
    Held late;
    FakeUpstream upstream([&late](const http::ExchangePtr& exchange) {
      if (contains(std::string(exchange->request().body), R"("late")")) return late.hold(exchange);
      answerByModel(exchange);
    });
    Routed f;
    f.provider("up", upstream.baseUrl());
    f.config("vote", "ensemble",
             R"({"members":["up/late","up/say-a","up/say-a"],"aggregation":"weighted_vote"})");
    const Answer made =
        f.manage.post(std::string(kBase) + "/budgets",
                      R"({"name":"r","scope":"organization","unit":"requests","cap_requests":9,)"
                      R"("period":"daily"})");
    REQUIRE(made.status == 201);
    f.budget();
    std::thread caller([&f] { CHECK(f.ask("vote").status == 200); });
    REQUIRE(late.wait(1));
    // Both others are settled: their cost is there.
    REQUIRE(eventually([&] { return f.budgetText("requests") == "1"; }));
    REQUIRE(eventually([&] { return upstream.seen().size() == 3; }));
    late.answer([](const http::ExchangePtr& exchange) { fail(exchange, 400); });
    caller.join();
    const auto spent = [&](const char* field) {
      return dataText(
          f.manage.get(std::string(kBase) + "/budgets/" + dataText(made, "id") + "/status"), field);
    };
    CHECK(spent("spend_requests") == "1");
    CHECK(spent("reserved_requests") == "0");
    CHECK(f.budgetText("requests") == "1");
    upstream.stop();
    late.drop();
  }

  TEST_CASE("a call that used nothing gives the count back, and the next one takes it") {
    Calls f;
    f.config("chain", "fallback_chain", R"({"models":["up/fail-503","up/say-hi"]})");
    const std::string id =
        f.limit(R"("scope":"organization","unit":"requests","cap_requests":1,"period":"daily")");
    CHECK(f.ask("chain").status == 200);
    CHECK(dataText(f.status(id), "spend_requests") == "1");
    CHECK(f.ask("chain").status == 429);
  }

  TEST_CASE("the cost of several calls is explained call by call, and adds up") {
    Calls f;
    for (const auto& [model, input] : {std::pair{"say-no", "0.0375"}, {"say-well enough", "3"}}) {
      const Answer set = f.manage.post(std::string(kBase) + "/prices",
                                       R"({"provider":"up","model":")" + std::string(model) +
                                           R"(","pricing":{"input":)" + input +
                                           R"(,"output":1,"request":0.001}})");
      REQUIRE_MESSAGE(set.status == 201, set.body);
    }
    const Answer answer = f.ask("two");
    REQUIRE(answer.status == 200);
    const auto cost = f.costOf(answer);
    INFO(cost.root().text());
    CHECK(cost.root().find("adds_up")->text() == "true");
    CHECK(cost.root().find("note")->isNull());
    CHECK(cost.root().find("lines")->size() == 0);
    const auto calls = cost.root().find("calls");
    REQUIRE(calls->size() == 2);
    double sum = 0;
    for (const json::ValueRef call : calls->elements()) sum += numberOf(call, "total_usd");
    CHECK(calls->at(0).stringAt("model") == "say-no");
    CHECK(calls->at(0).find("lines")->size() == 3);
    CHECK(calls->at(1).intAt("attempt") == 2);
    CHECK(std::llround(sum * 1e9) == std::llround(numberOf(cost.root(), "total_usd") * 1e9));
    // The row's parts are those of both calls, too.
    const auto row = f.lastRow([](json::ValueRef) { return true; });
    CHECK(row.root().intAt("input_tokens") == 20);
    CHECK(std::llround(
              (numberOf(row.root(), "input_cost_usd") + numberOf(row.root(), "output_cost_usd")) *
              1e9) == std::llround(numberOf(row.root(), "total_cost_usd") * 1e9));
  }

  TEST_CASE("one call is explained as ever, and a refusal has the prices' version too") {
    Calls f;
    const Answer one = f.proxy.post(
        "/v1/chat/completions",
        R"({"model":"demo/demo-chat","max_tokens":5,"messages":[{"role":"user","content":"x"}]})");
    REQUIRE(one.status == 200);
    const auto cost = f.costOf(one);
    CHECK(cost.root().find("calls")->size() == 0);
    CHECK(cost.root().find("lines")->size() == 2);
    f.limit(R"("scope":"organization","cap_usd":0,"period":"daily")");
    const Answer refused = f.ask("two");
    CHECK(refused.status == 402);
    CHECK(f.costOf(refused).root().stringAt("catalogue_version").has_value());
  }
}
