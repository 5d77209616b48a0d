// What callers and providers are told of a decision: mlx:trace in streams, and the traceparent.
#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::string kTraced = R"(,"stream":true,"mlx:trace":true)";

// The mlx:trace of a stream; REQUIREs that there is exactly one, in the chunk that finishes.
json::Document streamedTrace(const Answer& answer) {
  std::vector<std::string> found;
  size_t at = 0;
  for (size_t end = 0; (end = answer.body.find("\n\n", at)) != std::string::npos; at = end + 2) {
    const std::string data = answer.body.substr(at + 6, end - at - 6);
    if (data == "[DONE]") continue;
    const auto event = parsed(data);
    if (const auto trace = event.root().find("mlx:trace")) {
      CHECK(event.root().find("choices")->at(0).stringAt("finish_reason").has_value());
      found.push_back(trace->text());
    }
  }
  REQUIRE_MESSAGE(found.size() == 1, answer.body);
  return parsed(found[0]);
}

FakeUpstream::Script inOneWrite() {
  return [](const http::ExchangePtr& exchange) {
    exchange->start({200, "text/event-stream", "", {}});
    exchange->write("data: " + says("GOOD") + "\n\ndata: " + chunk("{}", R"("stop")") +
                    "\n\ndata: [DONE]\n\n");
    exchange->finish();
  };
}

struct Fixture : Routed {
  FakeUpstream broken{[](const http::ExchangePtr& exchange) { fail(exchange, 503); }};
  FakeUpstream good;

  explicit Fixture(FakeUpstream::Script script) : good(std::move(script)) {
    provider("broken", broken.baseUrl());
    provider("good", good.baseUrl());
    budget();
  }
};

}  // namespace

TEST_SUITE("proxy/traces") {
  TEST_CASE("a stream's trace says who serves it, however its bytes come") {
    const std::vector<FakeUpstream::Script> scripts = {
        streaming({says("GOOD"), chunk("{}", R"("stop")"), "[DONE]"}), inOneWrite()};
    for (const FakeUpstream::Script& script : scripts) {
      Fixture f(script);
      f.config("c", "fallback_chain", R"({"models":["broken/m","good/m"]})");
      const Answer answer = f.ask("c", kTraced);
      const auto trace = streamedTrace(answer);
      INFO(trace.root().text());
      CHECK(decisionOf(trace) == "attempt_2");
      CHECK(statusesOf(trace) == "overloaded,streaming");
      CHECK(reasonOf(trace) == "attempt_1 overloaded");
      const auto candidates = trace.root().find("candidates");
      CHECK(candidates->at(0).stringAt("status") == "failed");
      CHECK(candidates->at(1).stringAt("status") == "selected");
      REQUIRE(trace.root().find("budgets")->size() == 1);
      CHECK(trace.root().find("total_latency_ms")->asDouble().value_or(0) > 0);
      // The stored one has seen the end.
      const auto stored = f.traceOf(answer);
      CHECK(statusesOf(stored) == "overloaded,ok");
      CHECK(decisionOf(stored) == "attempt_2");
      CHECK(reasonOf(stored) == reasonOf(trace));
    }
  }

  TEST_CASE("so does the last step of a cascade that streams") {
    FakeUpstream terse(answerByModel);
    Fixture f(inOneWrite());
    f.provider("terse", terse.baseUrl());
    f.config("c", "cascade",
             R"({"steps":[{"model":"terse/say-hm","accept":{"min_length":5}},"good/m"]})");
    const Answer answer = f.ask("c", kTraced);
    const auto trace = streamedTrace(answer);
    CHECK(statusesOf(trace) == "ok,streaming");
    CHECK(decisionOf(trace) == "attempt_2");
    CHECK(reasonOf(trace) == "cascade: step 2, the last");
    CHECK(decisionOf(f.traceOf(answer)) == "attempt_2");
  }

  TEST_CASE("a stream that breaks off has no trace in it, the log has") {
    Fixture f(streaming({says("GO")}));
    f.config("c", "single", R"({"model":"good/m"})");
    const Answer answer = f.ask("c", kTraced);
    CHECK(contains(answer.body, R"(data: {"error":{)"));
    CHECK_FALSE(contains(answer.body, "mlx:trace"));
    const auto stored = f.traceOf(answer);
    CHECK(statusesOf(stored) == "invalid_answer");
    CHECK(reasonOf(stored) == "attempt_1 invalid_answer");
  }

  TEST_CASE("attempts stand in the order in which their providers were asked") {
    // The first member is asked again after the second was asked.
    std::atomic<int> asked{0};
    Fixture f([&asked](const http::ExchangePtr& exchange) {
      if (++asked == 2) return fail(exchange, 500);
      answerByModel(exchange);
    });
    f.config("warm", "single", R"({"model":"good/m"})");
    CHECK(f.ask("warm").status == 200);  // a budget's first request waits for its bucket
    f.config("e", "ensemble",
             R"({"aggregation":"weighted_vote","members":["good/say-a","broken/m"]})");
    const auto trace = f.traceOf(f.ask("e"));
    const auto attempts = trace.root().find("attempts");
    REQUIRE(attempts->size() >= 3);
    CHECK(attempts->at(0).stringAt("status") == "server_error");
    CHECK(attempts->at(1).stringAt("status") == "overloaded");
    for (size_t i = 1; i < attempts->size(); ++i) {
      CHECK(attempts->at(i).find("queue_ms")->asDouble().value_or(0) >=
            attempts->at(i - 1).find("queue_ms")->asDouble().value_or(0));
    }
  }

  TEST_CASE("every attempt's provider gets a span of its own in the caller's trace") {
    Fixture f(answerByModel);
    f.config("c", "fallback_chain", R"({"models":["broken/m","good/m"]})");
    const std::string trace_id = "0af7651916cd43dd8448eb211c80319c";
    const std::string span_id = "b7ad6b7169203331";
    const Answer answer = f.proxy.send("POST", "/v1/chat/completions", Routed::chatBody("c"),
                                       {{"traceparent", "00-" + trace_id + "-" + span_id + "-01"}});
    CHECK(answer.status == 200);
    std::set<std::string> spans{span_id};
    for (const auto& seen : {f.broken.seen().at(0), f.good.seen().at(0)}) {
      const std::string sent = seen.header("traceparent");
      REQUIRE(sent.size() == 55);
      CHECK(sent.substr(3, 32) == trace_id);
      CHECK(sent.ends_with("-01"));
      spans.insert(sent.substr(36, 16));
    }
    CHECK(spans.size() == 3);
  }
}
