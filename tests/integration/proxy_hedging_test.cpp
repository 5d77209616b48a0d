// A second attempt beside one whose first token is late.
#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::vector<std::string> kGood = {says("GOOD"), chunk("{}", R"("stop")"), "[DONE]"};

std::string hedged(int64_t after_ms, int64_t max_pct,
                   const std::string& models = R"("slow/gpt-4o-mini","fast/gpt-4o-mini")") {
  return R"({"models":[)" + models + R"(],"hedge":{"after_ms":)" + std::to_string(after_ms) +
         R"(,"max_pct":)" + std::to_string(max_pct) + "}}";
}

double number(const json::ValueRef& object, const std::string& name) {
  const auto value = object.find(name);
  return value ? value->asDouble().value_or(-1) : -1;
}

// The share of hedges is counted by loop: there is one.
GatewayOptions oneLoop() {
  GatewayOptions options = unlimitedOptions();
  options.threads = 1;
  return options;
}

}  // namespace

TEST_SUITE("proxy/hedging") {
  TEST_CASE("a stream's first token that is late is asked of the next target too") {
    Routed f(oneLoop());
    SilentUpstream slow;
    FakeUpstream fast(streaming(kGood));
    f.provider("slow", slow.upstream.baseUrl());
    f.provider("fast", fast.baseUrl());
    f.budget();
    f.config("h", "fallback_chain", hedged(20, 100));
    const Answer answer = f.ask("h", R"(,"stream":true)");
    CHECK(answer.status == 200);
    CHECK(contains(answer.body, R"("content":"GOOD")"));
    CHECK(answer.body.ends_with("data: [DONE]\n\n"));
    CHECK(slow.upstream.waitGone(1));  // the loser is cancelled
    CHECK(slow.upstream.seen().size() == 1);
    CHECK(fast.seen().size() == 1);

    const auto trace = f.traceOf(answer);
    CHECK(statusesOf(trace) == "cancelled,ok");
    CHECK(decisionOf(trace) == "attempt_2");
    CHECK(reasonOf(trace) == "attempt_1 cancelled");
    const auto attempts = trace.root().find("attempts");
    CHECK_FALSE(attempts->at(0).find("hedge"));
    CHECK(attempts->at(1).find("hedge")->asBool() == true);
    // What the loser was asked is paid for too.
    const double loser = number(attempts->at(0), "cost_usd");
    const double winner = number(attempts->at(1), "cost_usd");
    CHECK(loser > 0);
    CHECK(winner > 0);
    CHECK(std::stod(f.budgetText("spend_usd")) == doctest::Approx(loser + winner));
    f.checkMoney();
  }

  TEST_CASE("both attempts are reserved while both are under way, and the first answer wins") {
    Routed f(oneLoop());
    SilentUpstream slow, fast;
    f.provider("slow", slow.upstream.baseUrl());
    f.provider("fast", fast.upstream.baseUrl());
    f.budget();
    f.config("alone", "single", R"({"model":"fast/gpt-4o-mini"})");
    f.config("h", "fallback_chain", hedged(20, 100));
    auto alone = std::async(std::launch::async, [&] { return f.ask("alone"); });
    REQUIRE(fast.held.wait(1));
    const double one = std::stod(f.budgetText("reserved_usd"));
    CHECK(one > 0);
    fast.held.answer(answerByModel);
    CHECK(alone.get().status == 200);
    CHECK(f.budgetText("reserved_usd") == "0");

    auto asked = std::async(std::launch::async, [&] { return f.ask("h"); });
    REQUIRE(slow.held.wait(1));
    REQUIRE(fast.held.wait(1));
    CHECK(std::stod(f.budgetText("reserved_usd")) == doctest::Approx(2 * one));
    slow.held.answer(answerByModel);
    const Answer answer = asked.get();
    CHECK(answer.status == 200);
    CHECK(fast.upstream.waitGone(1));
    const auto trace = f.traceOf(answer);
    CHECK(statusesOf(trace) == "ok,cancelled");
    CHECK(decisionOf(trace) == "attempt_1");
    f.checkMoney();
  }

  TEST_CASE("a failure beside a hedge leaves the answer to the other") {
    Routed f(oneLoop());
    SilentUpstream slow, fast;
    f.provider("slow", slow.upstream.baseUrl());
    f.provider("fast", fast.upstream.baseUrl());
    f.budget();
    f.config("h", "fallback_chain", hedged(20, 100));
    auto asked = std::async(std::launch::async, [&] { return f.ask("h"); });
    REQUIRE(slow.held.wait(1));
    REQUIRE(fast.held.wait(1));
    fast.held.answer([](const http::ExchangePtr& exchange) { fail(exchange, 503); });
    REQUIRE(fast.upstream.waitSeen(1));
    slow.held.answer(answerByModel);
    const Answer answer = asked.get();
    CHECK(answer.status == 200);
    CHECK(decisionOf(f.traceOf(answer)) == "attempt_1");
    f.checkMoney();
  }

  TEST_CASE("a budget that would downgrade a hedge leaves the answer to the call under way") {
    Routed f(oneLoop());
    SilentUpstream slow;
    FakeUpstream fast(answerByModel);
    f.provider("slow", slow.upstream.baseUrl());
    f.provider("fast", fast.baseUrl());
    f.budget();
    const Answer made = f.manage.post(
        std::string(kBase) + "/budgets",
        R"({"name":"d","scope":"model","model":"gpt-4o","cap_usd":0,"period":"daily",)"
        R"("action":"downgrade","downgrade_to":"fast/say-cheap"})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    f.config(
        "h", "fallback_chain",
        R"({"models":["slow/gpt-4o-mini","fast/gpt-4o"],"hedge":{"after_ms":20,"max_pct":100}})");
    auto asked = std::async(std::launch::async, [&] { return f.ask("h"); });
    REQUIRE(slow.held.wait(1));
    CHECK(eventually(
        [&] { return contains(f.manage.get("/metrics").body, "\npenstock_budget_refusals 1\n"); }));
    slow.held.answer(answerByModel);
    const Answer answer = asked.get();
    CHECK(answer.status == 200);
    CHECK(answer.header("X-Modelux-Model-Used") == "gpt-4o-mini");
    CHECK(fast.seen().empty());
    f.checkMoney();
    // Alone it is sent elsewhere, and the trace says by which budget, though that is of the model
    // that is not asked.
    f.config("s", "single", R"({"model":"fast/gpt-4o"})");
    const Answer sent = f.ask("s");
    CHECK(contentOf(sent) == "cheap");
    const auto trace = f.traceOf(sent);
    CHECK(contains(trace.root().text(), R"("outcome":"downgraded")"));
  }

  TEST_CASE("a single target is hedged at itself") {
    Routed f(oneLoop());
    SilentUpstream only;
    f.provider("only", only.upstream.baseUrl());
    f.budget();
    f.config("h", "single",
             R"({"model":"only/gpt-4o-mini","hedge":{"after_ms":20,"max_pct":100}})");
    auto asked = std::async(std::launch::async, [&] { return f.ask("h"); });
    REQUIRE(only.held.wait(2));
    only.held.answer(answerByModel);
    const Answer answer = asked.get();
    CHECK(answer.status == 200);
    CHECK(f.traceOf(answer).root().find("attempts")->size() == 2);
    f.checkMoney();
  }

  TEST_CASE("no more than the share that the config allows is hedged") {
    Routed f(oneLoop());
    FakeUpstream slow(answerAfter(std::chrono::milliseconds(400)));
    FakeUpstream fast(answerByModel);
    f.provider("slow", slow.baseUrl());
    f.provider("fast", fast.baseUrl());
    f.config("h", "fallback_chain", hedged(10, 50, R"("slow/say-late","fast/say-soon")"));
    std::string served;
    for (int i = 0; i < 8; ++i) served += contentOf(f.ask("h")) + " ";
    CHECK(served == "late soon late soon late soon late soon ");
    CHECK(slow.seen().size() == 8);
    CHECK(fast.seen().size() == 4);
  }

  TEST_CASE("an answer that is in time is not hedged") {
    Routed f(oneLoop());
    FakeUpstream prompt(answerByModel);
    FakeUpstream other(answerByModel);
    f.provider("slow", prompt.baseUrl());
    f.provider("fast", other.baseUrl());
    f.config("h", "fallback_chain", hedged(5'000, 100));
    for (int i = 0; i < 5; ++i) CHECK(f.ask("h").status == 200);
    CHECK(other.seen().empty());
  }
}
