#include "trace/stored_decision.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "json/document.h"
#include "support/fuzz.h"
#include "trace/decision_json.h"

using namespace penstock;
using penstock::test::Fuzz;

namespace {

// What happens and what hardly does, with texts that need escapes.
class Random {
 public:
  explicit Random(std::mt19937& random) : random_(random) {}

  bool often() { return random_() % 4 != 0; }
  int64_t number() { return static_cast<int64_t>(random_() % 100'000'000); }
  int64_t duration() { return often() ? number() : -1; }
  std::string text() {
    const std::vector<std::string> texts = {"", "a", "\"b\" \\", "ü [x]", "gpt-4o-mini", "@c"};
    return texts[random_() % texts.size()];
  }
  size_t few() { return random_() % 4; }

  model::DecisionTrace trace() {
    model::DecisionTrace trace;
    trace.request_id = "r1";
    if (often()) {
      trace.config = "@" + text();
      trace.config_version = number();
      trace.policy = text();
      for (size_t i = few(); i > 0; --i) trace.path.push_back(text());
    }
    trace.resolved = text();
    for (size_t i = few(); i > 0; --i)
      trace.candidates.push_back({text(), text(), text(), text(), text()});
    for (size_t i = few(); i > 0; --i) trace.attempts.push_back(attempt(trace));
    for (size_t i = few(); i > 0; --i)
      trace.rules.push_back({text(), often(), often() ? "" : text()});
    budgets(trace);
    for (size_t i = few() / 3; i > 0; --i)
      trace.guardrails.push_back({text(), text(), text(), text(), number()});
    if (!often()) trace.cache = "HIT";
    trace.ab_variant = text();
    trace.decision = text();
    trace.reason = text();
    trace.total_latency_us = number();
    return trace;
  }

 private:
  model::Attempt attempt(const model::DecisionTrace& trace) {
    model::Attempt attempt{.model = text(),
                           .provider = text(),
                           .provider_id = text(),
                           .status = text(),
                           .error = often() ? "" : text(),
                           .http_status = often() ? 200 : 0,
                           .started_at = 1'777'593'600'000 + number(),
                           .offset_us = number(),
                           .connect_us = duration(),
                           .head_us = duration(),
                           .first_token_us = duration(),
                           .latency_us = number(),
                           .cost = Money{number() * 1'000'000},
                           .input_tokens = number(),
                           .output_tokens = number(),
                           .upstream_request_id = often() ? "" : text(),
                           .hedge = !often()};
    if (trace.candidates.empty() || !often()) return attempt;
    const auto& of = trace.candidates[random_() % trace.candidates.size()];
    attempt.provider = of.provider;
    attempt.provider_id = of.provider_id;
    if (often()) attempt.model = of.model;
    return attempt;
  }
  void budgets(model::DecisionTrace& trace) {
    static const std::vector<model::DecisionTrace::Budget> kBudgets = {
        {R"(["team, [\"a\"]",0,0],)", 0, model::BudgetOutcome::Ok},
        {R"(["all",1,2],)", 0, model::BudgetOutcome::Counted},
        {R"(["changed meanwhile",0,2],)", 0, model::BudgetOutcome::Ok},
        {R"(["changed meanwhile",0,0],)", 0, model::BudgetOutcome::Counted},
        {R"(["each",3,0],)", 0, model::BudgetOutcome::Blocked},
        {R"(["",2,1],)", 0, model::BudgetOutcome::Downgraded}};
    for (size_t i = few(); i > 0; --i) {
      trace.budgets.push_back(kBudgets[random_() % kBudgets.size()]);
      trace.budgets.back().used_permyriad = number();
    }
  }

  std::mt19937& random_;
};

}  // namespace

TEST_SUITE("trace/stored_decision") {
  TEST_CASE("what is stored is shown as what it was made of") {
    Fuzz fuzz(2'000);
    Random random(fuzz.random);
    for (int round = 0; round < fuzz.rounds; ++round) {
      const model::DecisionTrace trace = random.trace();
      const std::string stored = trace::renderStored(trace);
      const size_t line = stored.find('\n') + 1;
      REQUIRE((line == 0) == trace.budgets.empty());
      if (line > 0) REQUIRE(json::parse(stored.substr(0, line - 1)));
      REQUIRE(json::parse(stored.substr(line)));
      REQUIRE(trace::showStored(stored, "r1") == trace::renderDecision(trace));
    }
  }

  TEST_CASE("what is as usual, or in the row, takes no room") {
    model::DecisionTrace trace;
    trace.request_id = "01a2291f-a935-7cfc-8dc0-346690f64241";
    trace.resolved = "provider";
    trace.candidates = {{"m", "openai", "prov_1", "selected", "named"}};
    trace.attempts.push_back({.model = "m",
                              .provider = "openai",
                              .provider_id = "prov_1",
                              .status = "ok",
                              .http_status = 200,
                              .started_at = 1'777'593'600'000,
                              .offset_us = 100,
                              .connect_us = 50,
                              .head_us = 1000,
                              .first_token_us = -1,
                              .latency_us = 1500,
                              .cost = Money{125'000},
                              .input_tokens = 9,
                              .output_tokens = 3});
    trace.budgets = {{R"(["b",0,0],)", 125, model::BudgetOutcome::Ok},
                     {R"(["all",1,2],)", 1, model::BudgetOutcome::Counted}};
    trace.decision = "attempt_1";
    trace.reason = "named";
    trace.total_latency_us = 2000;
    CHECK(
        trace::renderStored(trace) ==
        "[[\"b\",0,0],[\"all\",1,2]]\n"
        R"({"v":3,"resolved":"provider","candidates":[["m","openai","prov_1","selected",)"
        R"("named"]],"attempts":[[0,null,"ok",200,1777593600000,100,50,1000,-1,1500,9,3,125000]],)"
        R"("budgets":[125,1],"decision":"attempt_1","reason":"named",)"
        R"("us":2000})");
  }

  TEST_CASE("rows of before are as they are shown, but for budgets") {
    CHECK(trace::showStored(R"({"request_id":"r1","budgets":[]})", "r1") ==
          R"({"request_id":"r1","budgets":[]})");
    CHECK(trace::showStored(R"({"budgets":[["b","usd","block",12500,"ok"]],"cache":1})", "r1") ==
          R"({"budgets":[{"name":"b","unit":"usd","action":"block","used_pct":1.25,)"
          R"("outcome":"ok"}],"cache":1})");
    const std::string second = trace::showStored(
        R"({"v":2,"budgets":[["b",0,0,12500],["all",1,2,1],["c",3,0,9,"blocked"]],"us":1})", "r1");
    model::DecisionTrace trace;
    trace.request_id = "r1";
    trace.budgets = {{R"(["b",0,0],)", 12500, model::BudgetOutcome::Ok},
                     {R"(["all",1,2],)", 1, model::BudgetOutcome::Counted},
                     {R"(["c",3,0],)", 9, model::BudgetOutcome::Blocked}};
    trace.total_latency_us = 1;
    CHECK(second == trace::renderDecision(trace));
  }

  TEST_CASE("what was cut or changed shows what is left of it") {
    for (const char* odd :
         {R"({"v":2})", R"({"v":2,"attempts":[[7],[],3],"budgets":[[],5],"us":"x"})",
          R"({"v":2,"config":{"a":1},"candidates":[{"a":1}],"rules":[[1]],"budgets":[{"a":1}]})",
          R"({"v":3,"budgets":[1,[2,"blocked"],"x",{}]})",
          "[[\"b\",0,0]]\n{\"v\":3,\"budgets\":[1,2]}",
          "[[\"b\"],7,{}]\n{\"v\":3,\"budgets\":[{},[],1,2]}",
          "{\"a\":1}\n{\"v\":3,\"budgets\":[1]}", "[[\n{\"v\":3,\"budgets\":[1]}"}) {
      CAPTURE(odd);
      CHECK(json::parse(trace::showStored(odd, "r1")));
    }
    CHECK(trace::showStored(R"({"v":2,)", "r1") == R"({"v":2,)");
  }
}
