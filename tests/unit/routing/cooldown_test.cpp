#include "routing/cooldown.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock::routing;

namespace {

constexpr Cooldown::Backoff kBackoff{1'000, 8'000};

// Refused now by an attempt that began now; without jitter.
void refuse(Cooldown& cooldown, int64_t now) {
  cooldown.backOff(kBackoff, {"refused", now, 0}, now);
}

}  // namespace

TEST_SUITE("routing/cooldown") {
  TEST_CASE("what a provider timed blocks until then, an hour at most") {
    Cooldown cooldown;
    CHECK(cooldown.standing(1000).readiness == Readiness::Ready);
    cooldown.block(5'000, "rate limited", 1'000);
    CHECK(cooldown.standing(5'999).readiness == Readiness::Blocked);
    CHECK(cooldown.standing(5'999).until == 6'000);
    CHECK(cooldown.standing(5'999).reason == std::string("rate limited"));
    CHECK(cooldown.standing(6'000).readiness == Readiness::Ready);
    cooldown.block(1LL << 60, "rate limited", 10'000);
    CHECK(cooldown.standing(10'000).until == 10'000 + 3'600'000);
    cooldown.block(-7, "rate limited", 10'000);
    CHECK(cooldown.standing(10'000).until == 10'000 + 3'600'000);  // never shortened
  }

  TEST_CASE("a back-off doubles up to its most with each refusal in a row") {
    Cooldown cooldown;
    int64_t now = 1'000;
    for (const int64_t wait : {1'000, 2'000, 4'000, 8'000, 8'000}) {
      refuse(cooldown, now);
      CHECK(cooldown.standing(now).readiness == Readiness::Last);
      CHECK(cooldown.standing(now).until == now + wait);
      now += wait;
      CHECK(cooldown.standing(now).readiness == Readiness::Ready);
    }
  }

  TEST_CASE("success starts it small again, unless its attempt began before") {
    Cooldown cooldown;
    refuse(cooldown, 1'000);
    refuse(cooldown, 2'000);
    cooldown.succeeded(1'999);
    CHECK(cooldown.standing(2'000).until == 4'000);
    cooldown.succeeded(2'001);
    CHECK(cooldown.standing(2'001).readiness == Readiness::Ready);
    refuse(cooldown, 3'000);
    CHECK(cooldown.standing(3'000).until == 4'000);
  }

  TEST_CASE("attempts that are refused together lengthen it once") {
    Cooldown cooldown;
    for (int i = 0; i < 100; ++i) cooldown.backOff(kBackoff, {"refused", 900, 0}, 1'000 + i);
    CHECK(cooldown.standing(1'100).until == 2'000);
  }

  TEST_CASE("success ends what is held, not what is blocked") {
    Cooldown cooldown;
    cooldown.hold(600'000, "out of money", 1'000);
    cooldown.block(5'000, "rate limited", 1'000);
    cooldown.succeeded(2'000);
    CHECK(cooldown.standing(2'000).readiness == Readiness::Blocked);
    CHECK(cooldown.standing(6'000).readiness == Readiness::Ready);
  }

  TEST_CASE("what is held longer wins, and blocks win over what is held") {
    Cooldown cooldown;
    cooldown.hold(600'000, "out of money", 1'000);
    refuse(cooldown, 2'000);
    CHECK(cooldown.standing(2'000).until == 601'000);
    CHECK(cooldown.standing(2'000).reason == std::string("out of money"));
    cooldown.block(1'000, "rate limited", 2'000);
    CHECK(cooldown.standing(2'500).readiness == Readiness::Blocked);
    CHECK(cooldown.standing(3'000).readiness == Readiness::Last);
  }

  TEST_CASE("jitter takes off a fifth at most") {
    int64_t shortest = 100'000;
    for (uint64_t random = 0; random < 1'000; ++random) {
      Cooldown cooldown;
      cooldown.backOff(kBackoff, {"refused", 1'000, random * 7919}, 1'000);
      const int64_t wait = cooldown.standing(1'000).until - 1'000;
      CHECK(wait >= 800);
      CHECK(wait <= 1'000);
      shortest = std::min(shortest, wait);
    }
    CHECK(shortest < 810);
  }

  TEST_CASE("forgetting ends everything") {
    Cooldown cooldown;
    cooldown.block(5'000, "rate limited", 1'000);
    cooldown.hold(5'000, "out of money", 1'000);
    cooldown.forget();
    CHECK(cooldown.standing(1'000).readiness == Readiness::Ready);
  }
}
