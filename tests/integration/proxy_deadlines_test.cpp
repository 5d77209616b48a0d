// How long a request may take altogether, and how long a target said to wait.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;
using Time = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

namespace {

// Fails the first time, then answers; remembers when it was asked.
class OnceBroken {
 public:
  OnceBroken(int status, http::Headers headers)
      : upstream([this, status, headers = std::move(headers)](const http::ExchangePtr& exchange) {
          const Time now = std::chrono::steady_clock::now();
          if (asked_++ == 0) {
            first_ = now;
            return fail(exchange, status, headers);
          }
          second_ = now;
          answerByModel(exchange);
        }) {}
  ~OnceBroken() { upstream.stop(); }

  int asked() const { return asked_; }
  milliseconds waited() const {
    return std::chrono::duration_cast<milliseconds>(second_.load() - first_.load());
  }

 private:
  std::atomic<int> asked_{0};
  std::atomic<Time> first_{Time()}, second_{Time()};

 public:
  FakeUpstream upstream;  // last: its script uses the above
};

void checkOutOfTime(const Answer& answer, const std::string& says) {
  INFO(answer.body);
  CHECK(answer.status == 504);
  CHECK(answer.header("x-should-retry") == "false");
  const auto body = parsed(answer.body);
  const auto error = body.root().find("error");
  REQUIRE(error);
  CHECK(error->stringAt("code") == "upstream_timeout");
  CHECK(error->stringAt("type").has_value());
  CHECK(contains(std::string(error->stringAt("message").value_or("")), says));
}

}  // namespace

TEST_SUITE("proxy/deadlines") {
  TEST_CASE("a chain gives up at its total budget, whole or as a stream") {
    for (const char* stream : {"", R"(,"stream":true)"}) {
      INFO("stream: ", stream);
      Routed f;
      SilentUpstream silent;
      FakeUpstream broken([](const http::ExchangePtr& exchange) { fail(exchange, 503); });
      f.provider("silent", silent.upstream.baseUrl());
      f.provider("broken", broken.baseUrl());
      f.budget();
      f.config("c", "fallback_chain",
               R"({"models":["broken/gpt-4o-mini","silent/gpt-4o-mini"],"total_budget_ms":500})");
      const Answer answer = f.ask("c", stream);
      checkOutOfTime(answer, "total budget of 500 ms");
      CHECK(silent.upstream.waitGone(1));
      const auto trace = f.traceOf(answer);
      CHECK(statusesOf(trace) == "overloaded,timeout");
      CHECK(decisionOf(trace) == "failed");
      CHECK(reasonOf(trace) == "attempt_1 overloaded; attempt_2 timeout");
      CHECK(trace.root().find("attempts")->at(1).stringAt("error").has_value());
      f.checkMoney();
    }
  }

  TEST_CASE("a caller of Anthropic's dialect is told in its own words") {
    Routed f;
    SilentUpstream silent;
    f.provider("silent", silent.upstream.baseUrl());
    f.config("c", "single", R"({"model":"silent/m","total_budget_ms":300})");
    const Answer answer = f.proxy.send("POST", "/v1/messages", Routed::chatBody("c"),
                                       {{"anthropic-version", "2023-06-01"}});
    INFO(answer.body);
    CHECK(answer.status == 504);
    CHECK(answer.header("x-should-retry") == "false");
    const auto body = parsed(answer.body);
    CHECK(body.root().stringAt("type") == "error");
    CHECK(body.root().find("error")->stringAt("type").has_value());
    CHECK(contains(answer.body, "total budget of 300 ms"));
  }

  TEST_CASE("the total budget holds over attempts that have limits of their own") {
    Routed f;
    SilentUpstream silent;
    const std::string id = f.provider("silent", silent.upstream.baseUrl());
    const auto target = [&](const char* model) {
      return R"({"timeout_ms":200,"provider_credential_id":")" + id + R"(","model":")" + model +
             "\"}";
    };
    f.config("c", "fallback_chain",
             R"({"models":[)" + target("a") + "," + target("b") + "," + target("c") + "," +
                 target("d") + R"(],"total_budget_ms":500})");
    const Answer answer = f.ask("c");
    checkOutOfTime(answer, "total budget");
    // Two had their time, a third what was left.
    CHECK(silent.upstream.waitGone(2));
    const auto attempts = f.traceOf(answer).root().find("attempts")->text();
    const std::string over = R"("error":"no answer within the total budget of 500 ms")";
    CHECK(contains(attempts, R"("error":"provider openai had not answered after 200 ms")"));
    CHECK(attempts.find(over) == attempts.rfind(over));
    CHECK(contains(attempts, over));
    CHECK_FALSE(contains(attempts, R"("model":"d")"));
  }

  TEST_CASE("what is left of the budget is no time to wait for a retry") {
    Routed f;
    FakeUpstream broken([](const http::ExchangePtr& exchange) { fail(exchange, 500); });
    f.provider("broken", broken.baseUrl());
    // Backing off takes 50 ms at least.
    f.config("c", "single", R"({"model":"broken/m","total_budget_ms":40})");
    const Answer answer = f.ask("c");
    CHECK(answer.status == 502);
    CHECK(answer.header("x-should-retry") == "false");
    CHECK(broken.seen().size() == 1);
  }

  TEST_CASE("an exhausted chain tells SDKs not to try again") {
    Routed f;
    FakeUpstream broken(answerByModel);
    f.provider("up", broken.baseUrl());
    f.config("c", "fallback_chain", R"({"models":["up/fail-500","up/fail-503"]})");
    const Answer answer = f.ask("c");
    CHECK(answer.status == 502);
    CHECK(answer.header("x-should-retry") == "false");
    CHECK(contains(answer.body, "all_attempts_failed"));
    CHECK(broken.seen().size() == 4);  // each once, then the retries that one request may have
    CHECK(f.traceOf(answer).root().find("attempts")->size() == 4);
  }

  TEST_CASE("a retry waits as long as the target said") {
    struct Case {
      int status;
      http::Headers headers;
    };
    for (const Case& c : std::vector<Case>{
             {429, {{"retry-after-ms", "300"}}},
             {429, {{"Retry-After", "0.3"}}},
             {429,
              {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "300ms"}}},
             {500, {{"retry-after-ms", "300"}}},
             {502, {{"retry-after-ms", "300"}}},
             {503, {{"retry-after-ms", "300"}}},
             {529, {{"retry-after-ms", "300"}}}}) {
      INFO(c.status, " ", std::string(c.headers.lines()));
      Routed f;
      OnceBroken target(c.status, c.headers);
      f.provider("once", target.upstream.baseUrl());
      f.config("c", "single", R"({"model":"once/say-back"})");
      const Answer answer = f.ask("c");
      CHECK(answer.status == 200);
      CHECK(contentOf(answer) == "back");
      CHECK(target.asked() == 2);
      CHECK(target.waited() >= milliseconds(300));
      CHECK(f.traceOf(answer).root().find("attempts")->size() == 2);
    }
  }

  TEST_CASE("a target that says to wait for long is left alone until then") {
    for (const int status : {429, 503, 529}) {
      INFO(status);
      Routed f;
      OnceBroken target(status, {{"Retry-After", "30"}});
      FakeUpstream other(answerByModel);
      f.provider("once", target.upstream.baseUrl());
      f.provider("other", other.baseUrl());
      f.config("alone", "single", R"({"model":"once/say-back"})");
      f.config("chain", "fallback_chain", R"({"models":["once/say-back","other/say-other"]})");
      const Answer first = f.ask("alone");
      CHECK(first.status == (status == 429 ? 429 : 502));
      if (status == 429) CHECK(first.header("Retry-After") == "30");
      const Answer second = f.ask("alone");
      CHECK(second.status == 429);
      CHECK(contains(second.body, "upstream_rate_limited"));
      CHECK(std::stoi(second.header("Retry-After")) > 25);
      const Answer chained = f.ask("chain");
      CHECK(contentOf(chained) == "other");
      CHECK(statusesOf(f.traceOf(chained)) == "ok");
      CHECK(target.asked() == 1);
    }
  }
}
