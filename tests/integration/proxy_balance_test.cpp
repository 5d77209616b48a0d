// Several credentials of one model, and targets that are chosen by how fast they were.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

struct Member {
  std::string id;
  int weight = 1;
};

// A policy of one target at several credentials.
std::string poolOf(const std::vector<Member>& members, const std::string& balance) {
  std::string list;
  for (const Member& member : members) {
    list += (list.empty() ? "" : ",") + std::string(R"({"provider_credential_id":")") + member.id +
            R"(","weight":)" + std::to_string(member.weight) + "}";
  }
  return R"({"model":"m","balance":")" + balance + R"(","credentials":[)" + list + "]}";
}

std::string conversation(int number) {
  return R"(,"metadata":{"conversation_id":"conv-)" + std::to_string(number) + "\"}";
}

// Who was asked first.
std::string firstOf(Routed& f, const Answer& answer) {
  const auto trace = f.traceOf(answer);
  return std::string(
      trace.root().find("attempts")->at(0).stringAt("provider_id").value_or("nobody"));
}

}  // namespace

TEST_SUITE("proxy/balance") {
  TEST_CASE("weights share out the requests") {
    Routed f;
    FakeUpstream a(answerByModel), b(answerByModel);
    const std::string a_id = f.provider("a", a.baseUrl());
    const std::string b_id = f.provider("b", b.baseUrl());
    f.config("pool", "single", poolOf({{a_id, 3}, {b_id, 1}}, "weighted"));
    constexpr int kRequests = 400;
    for (int i = 0; i < kRequests; ++i) REQUIRE(f.ask("pool").status == 200);
    CHECK(a.seen().size() + b.seen().size() == kRequests);
    CHECK(a.seen().size() > 250);  // 300 expected, with a standard deviation of 9
    CHECK(a.seen().size() < 350);
  }

  TEST_CASE("the least busy for its weight is asked next") {
    Routed f;
    SilentUpstream a, b;
    const std::string a_id = f.provider("a", a.upstream.baseUrl());
    const std::string b_id = f.provider("b", b.upstream.baseUrl());
    f.config("pool", "single", poolOf({{a_id, 1}, {b_id, 3}}, "least_busy"));
    std::vector<std::unique_ptr<Leaver>> callers;
    const auto seen = [&] { return a.upstream.seen().size() + b.upstream.seen().size(); };
    for (size_t n = 1; n <= 8; ++n) {
      callers.push_back(std::make_unique<Leaver>(f, Routed::chatBody("pool")));
      REQUIRE(eventually([&] { return seen() == n; }));
      // One at a for three at b, at every moment.
      CHECK(a.upstream.seen().size() * 3 <= b.upstream.seen().size() + 3);
      CHECK(b.upstream.seen().size() <= a.upstream.seen().size() * 3 + 3);
    }
    CHECK(a.upstream.seen().size() == 2);
    CHECK(b.upstream.seen().size() == 6);
  }

  TEST_CASE("a conversation stays at one credential, and all have some") {
    Routed f;
    FakeUpstream up(answerByModel);
    std::vector<Member> members;
    for (const char* name : {"a", "b", "c"}) members.push_back({f.provider(name, up.baseUrl())});
    f.config("pool", "single", poolOf(members, "affinity"));
    std::set<std::string> used;
    for (int number = 0; number < 30; ++number) {
      const std::string first = firstOf(f, f.ask("pool", conversation(number)));
      used.insert(first);
      for (int again = 0; again < 3; ++again)
        CHECK(firstOf(f, f.ask("pool", conversation(number))) == first);
    }
    CHECK(used.size() == members.size());
    // Without a conversation, how the prompt begins tells which cache is warm.
    const std::string same = firstOf(f, f.ask("pool"));
    for (int again = 0; again < 5; ++again) CHECK(firstOf(f, f.ask("pool")) == same);
  }

  TEST_CASE("a credential that fails loses a request of its conversation, not the conversation") {
    Routed f;
    std::atomic<bool> down{false};
    FakeUpstream shaky([&](const http::ExchangePtr& exchange) {
      if (down) return fail(exchange, 500);
      answerByModel(exchange);
    });
    FakeUpstream steady(answerByModel);
    const std::string shaky_id = f.provider("a", shaky.baseUrl());
    const std::string steady_id = f.provider("b", steady.baseUrl());
    f.config("pool", "single", poolOf({{shaky_id}, {steady_id}}, "affinity"));
    int number = 0;  // of a conversation that is at the one
    while (firstOf(f, f.ask("pool", conversation(number))) != shaky_id) REQUIRE(++number < 100);
    down = true;
    const Answer moved = f.ask("pool", conversation(number));
    CHECK(moved.status == 200);
    CHECK(statusesOf(f.traceOf(moved)) == "server_error,ok");
    down = false;
    CHECK(firstOf(f, f.ask("pool", conversation(number))) == shaky_id);
  }

  TEST_CASE("a 429 of one credential cools down all of its quota group until it says") {
    std::atomic<int64_t> now{1'790'000'000'000};
    GatewayOptions options = unlimitedOptions();
    options.wall_clock = [&now] { return now.load(); };
    Routed f(std::move(options));
    const auto limited = [](const http::ExchangePtr& exchange) {
      fail(exchange, 429, {{"Retry-After", "30"}});
    };
    FakeUpstream a(limited), b(limited), c(answerByModel);
    const std::string group = R"(,"quota_group":"g")";
    const std::string a_id = f.provider("a", a.baseUrl(), group);
    const std::string b_id = f.provider("b", b.baseUrl(), group);
    const std::string c_id = f.provider("c", c.baseUrl());
    f.config("pool", "single", poolOf({{a_id}, {b_id}, {c_id}}, "weighted"));
    const auto refused = [&] { return a.seen().size() + b.seen().size(); };
    const auto ask_until_refused = [&](size_t count) {
      for (int i = 0; i < 200 && refused() < count; ++i) CHECK(f.ask("pool").status == 200);
      CHECK(refused() == count);
    };
    ask_until_refused(1);
    for (int i = 0; i < 20; ++i) CHECK(f.ask("pool").status == 200);
    CHECK(refused() == 1);
    for (const std::string& id : {a_id, b_id}) {
      const Answer health = f.manage.get(std::string(kBase) + "/providers/" + id + "/health");
      CHECK_MESSAGE(contains(health.body, R"("state":"blocked")"), health.body);
    }
    now += 29'000;
    for (int i = 0; i < 20; ++i) CHECK(f.ask("pool").status == 200);
    CHECK(refused() == 1);
    now += 2'000;
    ask_until_refused(2);
  }

  TEST_CASE("latency_optimized asks whoever was fastest, and the next when that one fails") {
    Routed f;
    std::atomic<bool> down{false};
    FakeUpstream slow(answerAfter(std::chrono::milliseconds(60)));
    FakeUpstream fast([&](const http::ExchangePtr& exchange) {
      if (down) return fail(exchange, 503);
      answerByModel(exchange);
    });
    const std::string slow_id = f.provider("slow", slow.baseUrl());
    const std::string fast_id = f.provider("fast", fast.baseUrl());
    f.config("quick", "latency_optimized",
             R"({"allowed_models":["slow/m","fast/m"],"window_seconds":200,"min_samples":5})");
    // Until both are known, those that are not are asked now and then.
    f.config("slow", "single", R"({"model":"slow/m"})");
    f.config("fast", "single", R"({"model":"fast/m"})");
    for (int i = 0; i < 5; ++i) {
      CHECK(f.ask("slow").status == 200);
      CHECK(f.ask("fast").status == 200);
    }
    for (int i = 0; i < 20; ++i) {
      const auto trace = f.traceOf(f.ask("quick"));
      CHECK(trace.root().find("attempts")->at(0).stringAt("provider_id") == fast_id);
      CHECK(reasonOf(trace).starts_with("p50 "));
    }
    CHECK(slow.seen().size() == 5);
    down = true;
    const Answer moved = f.ask("quick");
    CHECK(moved.status == 200);
    const auto trace = f.traceOf(moved);
    CHECK(statusesOf(trace) == "overloaded,ok");
    CHECK(trace.root().find("attempts")->at(1).stringAt("provider_id") == slow_id);
  }
}
