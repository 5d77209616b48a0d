#include "routing/breaker.h"

#include <doctest/doctest.h>

using namespace penstock::routing;

namespace {

// A breaker with its window, and time.
struct Bench {
  Breaker breaker;
  AttemptWindow attempts;
  int64_t now = 100'000;

  Breaker::Pass attempt(OutcomeKind kind) {
    const Breaker::Pass pass = breaker.pass(now);
    end(pass, kind, now);
    return pass;
  }
  void end(Breaker::Pass pass, OutcomeKind kind, int64_t began_at) {
    attempts.record(kind, now);
    breaker.record({pass, began_at, kind}, attempts, now);
  }
  void end(Breaker::Pass pass, OutcomeKind kind) { end(pass, kind, now); }
  void attemptsOf(OutcomeKind kind, int times) {
    for (int i = 0; i < times; ++i) attempt(kind);
  }
  Readiness readiness() const { return breaker.standing(now).readiness; }
  void open() {
    attemptsOf(OutcomeKind::ServerError, 10);
    REQUIRE(breaker.open());
  }
};

using Kind = OutcomeKind;
using Pass = Breaker::Pass;

}  // namespace

TEST_SUITE("routing/breaker") {
  TEST_CASE("it opens at half of ten faults") {
    Bench few;
    few.attemptsOf(Kind::Timeout, 9);
    CHECK_FALSE(few.breaker.open());
    few.attempt(Kind::Transport);
    CHECK(few.breaker.open());
    CHECK(few.readiness() == Readiness::Last);
    CHECK(few.breaker.standing(few.now).until == few.now + 30'000);

    Bench less;
    less.attemptsOf(Kind::Success, 6);
    less.attemptsOf(Kind::ServerError, 5);
    less.attemptsOf(Kind::Success, 6);
    less.attemptsOf(Kind::ServerError, 6);
    CHECK_FALSE(less.breaker.open());
    less.attempt(Kind::InvalidAnswer);
    CHECK(less.breaker.open());
  }

  TEST_CASE("it opens at ten faults in a row, whatever the minute was like before") {
    Bench bench;
    bench.attemptsOf(Kind::Success, 3000);
    bench.attemptsOf(Kind::Timeout, 9);
    bench.attempt(Kind::RateLimited);  // says neither
    CHECK_FALSE(bench.breaker.open());
    bench.attempt(Kind::Success);
    bench.attemptsOf(Kind::Timeout, 9);
    CHECK_FALSE(bench.breaker.open());
    bench.attempt(Kind::Timeout);
    CHECK(bench.breaker.open());
  }

  TEST_CASE("attempts from before it closed do not open it again") {
    Bench bench;
    const int64_t early = bench.now;
    bench.open();
    bench.now += 30'000;
    bench.attempt(Kind::Success);
    for (int i = 0; i < 50; ++i) bench.end(Pass::Plain, Kind::Timeout, early);
    CHECK_FALSE(bench.breaker.open());
    bench.attemptsOf(Kind::Timeout, 10);
    CHECK(bench.breaker.open());
  }

  TEST_CASE("faults of more than a minute ago do not count, nor do refusals") {
    Bench bench;
    bench.attemptsOf(Kind::Timeout, 9);
    bench.now += 60'000;
    bench.attempt(Kind::Timeout);
    CHECK_FALSE(bench.breaker.open());
    bench.attemptsOf(Kind::RateLimited, 100);
    bench.attemptsOf(Kind::Credential, 100);
    bench.attemptsOf(Kind::Overloaded, 100);
    bench.attemptsOf(Kind::OutOfMoney, 100);
    bench.attemptsOf(Kind::ModelNotFound, 100);
    CHECK_FALSE(bench.breaker.open());
    bench.attemptsOf(Kind::Timeout, 9);
    CHECK(bench.breaker.open());
  }

  TEST_CASE("after 30 s one at a time may probe, and a success closes it") {
    Bench bench;
    bench.open();
    bench.now += 29'999;
    CHECK(bench.breaker.pass(bench.now) == Pass::Anyway);
    bench.now += 1;
    CHECK(bench.readiness() == Readiness::Probe);
    const Pass probe = bench.breaker.pass(bench.now);
    CHECK(probe == Pass::Probe);
    CHECK(bench.readiness() == Readiness::Last);
    CHECK(bench.breaker.pass(bench.now) == Pass::Anyway);
    bench.end(probe, Kind::Success);
    CHECK(bench.readiness() == Readiness::Ready);
    // What was before is forgiven: it takes ten attempts again.
    bench.now += 1'000;
    bench.attemptsOf(Kind::ServerError, 9);
    CHECK_FALSE(bench.breaker.open());
    bench.attempt(Kind::ServerError);
    CHECK(bench.breaker.standing(bench.now).until == bench.now + 30'000);
  }

  TEST_CASE("each failed probe doubles the wait, up to five minutes") {
    Bench bench;
    bench.open();
    int64_t wait = 30'000;
    for (const int64_t next : {60'000, 120'000, 240'000, 300'000, 300'000}) {
      bench.now += wait;
      CHECK(bench.attempt(Kind::Timeout) == Pass::Probe);
      CHECK(bench.breaker.standing(bench.now).until == bench.now + next);
      wait = next;
    }
    bench.now += wait;
    CHECK(bench.attempt(Kind::Overloaded) == Pass::Probe);  // it is still ill
    CHECK(bench.readiness() == Readiness::Last);
  }

  TEST_CASE("a probe that learns nothing gives its place back") {
    Bench bench;
    bench.open();
    bench.now += 30'000;
    const Pass left = bench.breaker.pass(bench.now);
    bench.breaker.giveBack(left);
    CHECK(bench.readiness() == Readiness::Probe);
    CHECK(bench.attempt(Kind::RateLimited) == Pass::Probe);
    CHECK(bench.readiness() == Readiness::Probe);
    bench.breaker.giveBack(Pass::Anyway);  // others have none to give
    const Pass probe = bench.breaker.pass(bench.now);
    bench.breaker.giveBack(Pass::Anyway);
    CHECK(bench.breaker.pass(bench.now) == Pass::Anyway);
    bench.breaker.giveBack(probe);
  }

  TEST_CASE("attempts from before it opened change nothing any more") {
    Bench bench;
    const Pass early = bench.breaker.pass(bench.now);
    bench.open();
    const int64_t until = bench.breaker.standing(bench.now).until;
    bench.now += 5'000;
    bench.end(early, Kind::Success);
    CHECK(bench.readiness() == Readiness::Last);
    bench.end(early, Kind::Timeout);
    CHECK(bench.breaker.standing(bench.now).until == until);
  }

  TEST_CASE("an attempt made anyway closes it by success, and its fault says nothing new") {
    Bench bench;
    bench.open();
    const int64_t until = bench.breaker.standing(bench.now).until;
    bench.now += 5'000;
    CHECK(bench.attempt(Kind::Timeout) == Pass::Anyway);
    CHECK(bench.breaker.standing(bench.now).until == until);
    CHECK(bench.attempt(Kind::Success) == Pass::Anyway);
    CHECK(bench.readiness() == Readiness::Ready);
  }
}
