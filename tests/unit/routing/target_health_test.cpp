#include "routing/target_health.h"

#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "routing/health.h"

using namespace penstock;
using namespace penstock::routing;

namespace {

using Kind = OutcomeKind;
using When = TargetHealth::When;

model::Provider providerOf(std::string id, std::string group = {}) {
  model::Provider provider;
  provider.id = std::move(id);
  provider.quota_group = std::move(group);
  provider.updated_at = 1;
  return provider;
}

// A board without jitter, and time.
struct Bench {
  HealthBoard board{{.random = [] { return uint64_t{0}; }}};
  UnixMillis now = 1'000'000;

  std::shared_ptr<TargetHealth> target(const std::string& provider, const std::string& model,
                                       const std::string& group = {}) {
    return board.target(providerOf(provider, group), model);
  }
  // Attempts, whatever its readiness unless it is blocked.
  bool attempt(const std::shared_ptr<TargetHealth>& target, const Outcome& outcome) {
    Permit permit = target->begin(When::Anyway, now);
    if (!permit) return false;
    permit.report(outcome, now);
    return true;
  }
  Readiness readiness(const std::shared_ptr<TargetHealth>& target) const {
    return target->view(now).readiness;
  }
};

}  // namespace

TEST_SUITE("routing/target_health") {
  TEST_CASE("a target nobody asked is ready and knows no latency") {
    Bench bench;
    const TargetView view = bench.target("p", "m")->view(bench.now);
    CHECK(view.readiness == Readiness::Ready);
    CHECK(view.in_flight == 0);
    CHECK(view.samples == 0);
    CHECK(view.p50_ms == -1);
    CHECK(view.p95_ms == -1);
    CHECK(view.success_rate == 1);
  }

  TEST_CASE("a report counts for the target and for its provider") {
    Bench bench;
    const auto target = bench.target("p", "m");
    bench.attempt(target, {Kind::Success, 40});
    bench.attempt(target, {Kind::Success, 60});
    bench.attempt(target, {Kind::Success, 80});
    bench.attempt(target, {Kind::Timeout, 9'000});
    const TargetView view = target->view(bench.now);
    CHECK(view.samples == 3);
    CHECK(view.p50_ms == 60);
    CHECK(view.p95_ms == 80);
    CHECK(view.success_rate == 0.75);
    const HealthStatus provider = bench.board.status("p", bench.now);
    CHECK(provider.samples == 4);
    CHECK(provider.p50_ms == 60);
    CHECK(provider.last_error == "timeout");
  }

  TEST_CASE("figures follow time when nothing happens") {
    Bench bench;
    const auto target = bench.target("p", "m");
    bench.attempt(target, {Kind::Success, 40});
    bench.attempt(target, {Kind::Timeout, 9'000});
    bench.now += 61'000;
    CHECK(target->view(bench.now).success_rate == 1);
    CHECK(target->view(bench.now).p50_ms == 40);
    CHECK(target->p50Over(60'000, bench.now) == -1);
    CHECK(target->latencyOver(120'000, bench.now) == Latency{1, 40, 40});
    bench.now += 240'000;
    CHECK(target->view(bench.now).p50_ms == -1);
  }

  TEST_CASE("a permit is under way until it goes, and is moved, not copied") {
    Bench bench;
    const auto target = bench.target("p", "m");
    {
      Permit one = target->begin(When::Ready, bench.now);
      Permit two = target->begin(When::Ready, bench.now);
      CHECK(target->inFlight() == 2);
      const Permit moved = std::move(one);
      CHECK(target->inFlight() == 2);
      two.report({Kind::Success, 5}, bench.now);
      two.report({Kind::Timeout, 5}, bench.now);  // once only
      CHECK(target->inFlight() == 2);
      two = Permit();
      CHECK(target->view(bench.now).in_flight == 1);
    }
    CHECK(target->inFlight() == 0);
    CHECK(target->view(bench.now).success_rate == 1);
  }

  TEST_CASE("no more attempts are under way than the provider may have") {
    Bench bench;
    model::Provider provider = providerOf("p");
    provider.max_concurrency = 2;
    const auto target = bench.board.target(provider, "m");
    const Permit one = target->begin(When::Ready, bench.now);
    Permit two = target->begin(When::Ready, bench.now);
    CHECK(bench.readiness(target) == Readiness::Blocked);
    CHECK_FALSE(target->begin(When::Ready, bench.now));
    CHECK_FALSE(target->begin(When::Anyway, bench.now));
    CHECK(target->inFlight() == 2);
    two = Permit();
    CHECK(bench.readiness(target) == Readiness::Ready);
    CHECK(target->begin(When::Ready, bench.now));
    provider.max_concurrency = 1;
    bench.board.target(provider, "m");
    CHECK(bench.readiness(target) == Readiness::Blocked);
    provider.max_concurrency = std::nullopt;
    bench.board.target(provider, "m");
    CHECK(bench.readiness(target) == Readiness::Ready);
  }

  TEST_CASE("a timed 429 blocks the whole quota group until then") {
    Bench bench;
    const auto target = bench.target("p", "m", "org");
    const auto cousin = bench.target("q", "n", "org");
    const auto stranger = bench.target("q", "n2");
    bench.attempt(target, {Kind::RateLimited, 5, 20'000});
    for (const auto& one : {target, cousin}) {
      CHECK(one->view(bench.now).readiness == Readiness::Blocked);
      CHECK(one->view(bench.now).until == bench.now + 20'000);
      CHECK_FALSE(one->begin(When::Anyway, bench.now + 19'999));
      CHECK(one->begin(When::Ready, bench.now + 20'000));
    }
    CHECK(bench.readiness(stranger) == Readiness::Ready);
  }

  TEST_CASE("without a group a 429 concerns its target alone") {
    Bench bench;
    const auto target = bench.target("p", "m");
    bench.attempt(target, {Kind::RateLimited, 5, 20'000});
    CHECK(bench.readiness(target) == Readiness::Blocked);
    CHECK(bench.readiness(bench.target("p", "n")) == Readiness::Ready);
  }

  TEST_CASE("refusals make a target last for as long as each deserves") {
    struct Case {
      Outcome outcome;
      Readiness readiness;
      int64_t first, second;  // how long, after one and after another in a row
    };
    for (const Case& c :
         std::vector<Case>{{{Kind::RateLimited, 5}, Readiness::Last, 1'000, 2'000},
                           {{Kind::RateLimited, 5, 7'000}, Readiness::Blocked, 7'000, 7'000},
                           {{Kind::OutOfMoney, 5}, Readiness::Last, 600'000, 600'000},
                           {{Kind::OutOfMoney, 5, 7'000}, Readiness::Last, 600'000, 600'000},
                           {{Kind::Overloaded, 5}, Readiness::Last, 1'000, 2'000},
                           {{Kind::Overloaded, 5, 3'000}, Readiness::Blocked, 3'000, 3'000},
                           {{Kind::ModelNotFound, 5}, Readiness::Last, 60'000, 60'000},
                           {{Kind::Credential, 5}, Readiness::Last, 60'000, 120'000}}) {
      INFO(outcomeName(c.outcome.kind));
      Bench bench;
      const auto target = bench.target("p", "m");
      for (const int64_t wait : {c.first, c.second}) {
        CHECK(bench.attempt(target, c.outcome));
        CHECK(target->view(bench.now).readiness == c.readiness);
        CHECK(target->view(bench.now).until == bench.now + wait);
        CHECK(std::string(target->view(bench.now).reason) != "");
        bench.now += wait;
        CHECK(target->view(bench.now).readiness == Readiness::Ready);
      }
      CHECK(bench.attempt(target, {Kind::Success, 5}));
      bench.now += 1;
      CHECK(bench.attempt(target, c.outcome));
      CHECK(target->view(bench.now).until == bench.now + c.first);
    }
  }

  TEST_CASE("overload concerns one target, a credential all of its provider") {
    Bench bench;
    const auto target = bench.target("p", "m", "org");
    const auto sibling = bench.target("p", "n", "org");
    const auto cousin = bench.target("q", "m", "org");
    bench.attempt(target, {Kind::Overloaded, 5});
    CHECK(bench.readiness(sibling) == Readiness::Ready);
    bench.attempt(target, {Kind::Credential, 5});
    CHECK(bench.readiness(sibling) == Readiness::Last);
    CHECK(bench.readiness(cousin) == Readiness::Ready);
    CHECK_FALSE(sibling->begin(When::Ready, bench.now));
    CHECK(sibling->begin(When::Anyway, bench.now));
  }

  TEST_CASE("an edited provider has its credential tried again") {
    Bench bench;
    model::Provider provider = providerOf("p");
    const auto target = bench.board.target(provider, "m");
    bench.attempt(target, {Kind::Credential, 5});
    bench.board.target(provider, "n");
    CHECK(bench.readiness(target) == Readiness::Last);
    provider.updated_at = 2;
    bench.board.target(provider, "n");
    CHECK(bench.readiness(target) == Readiness::Ready);
  }

  TEST_CASE("a target moves to another quota group, and out of all") {
    Bench bench;
    const auto target = bench.target("p", "m", "one");
    bench.attempt(bench.target("q", "m", "two"), {Kind::RateLimited, 5, 20'000});
    CHECK(bench.readiness(target) == Readiness::Ready);
    CHECK(bench.target("p", "m", "two") == target);
    CHECK(bench.readiness(target) == Readiness::Blocked);
    bench.target("p", "m");
    CHECK(bench.readiness(target) == Readiness::Ready);
  }

  TEST_CASE("an open breaker refuses but for a probe, and passes those who come anyway") {
    Bench bench;
    const auto target = bench.target("p", "m");
    for (int i = 0; i < 10; ++i) bench.attempt(target, {Kind::ServerError, 5});
    CHECK(target->view(bench.now).reason == std::string("breaker open"));
    CHECK_FALSE(target->begin(When::Ready, bench.now));
    CHECK(target->begin(When::Anyway, bench.now));
    bench.now += 30'000;
    CHECK(bench.readiness(target) == Readiness::Probe);
    {
      const Permit left = target->begin(When::Ready, bench.now);
      CHECK(left);
      CHECK_FALSE(target->begin(When::Ready, bench.now));
      CHECK(target->inFlight() == 1);
    }
    CHECK(bench.readiness(target) == Readiness::Probe);  // it went without a word
    Permit probe = target->begin(When::Ready, bench.now);
    probe.report({Kind::Success, 5}, bench.now);
    CHECK(bench.readiness(target) == Readiness::Ready);
  }

  TEST_CASE("the probe is whoever comes first, also anyway") {
    Bench bench;
    const auto target = bench.target("p", "m");
    for (int i = 0; i < 10; ++i) bench.attempt(target, {Kind::ServerError, 5});
    bench.now += 30'000;
    bench.attempt(target, {Kind::Timeout, 5});
    CHECK(target->view(bench.now).until == bench.now + 60'000);
  }

  TEST_CASE("many threads ask, view and move a target at once") {
    HealthBoard board;
    const UnixMillis now = 1'000'000;
    const auto target = board.target(providerOf("p", "one"), "m");
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
          for (int i = 0; i < 3'000; ++i) {
            Permit permit = target->begin(i % 2 == 0 ? When::Ready : When::Anyway, now + i * 40);
            const Kind kind = i % 3 == 0 ? Kind::Timeout : Kind::Success;
            if (i % 5 != 0) permit.report({kind, i % 100}, now + i * 40);
            if (target->view(now + i * 40).in_flight > 4) throw std::logic_error("too many");
            if (i % 64 == 0) board.target(providerOf("p", t % 2 == 0 ? "one" : "two"), "m");
          }
        });
      }
    }
    CHECK(target->inFlight() == 0);
    CHECK(target->view(now + 200'000).samples > 0);
  }
}
