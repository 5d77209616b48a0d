#include "budget/cap_hold.h"

#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <thread>

#include "unit/budget/ledger_support.h"

namespace penstock::budget {

using test::dollars;
using test::LedgerFixture;

TEST_SUITE("budget/cap_hold") {
  TEST_CASE("a hold binds at once, whatever is configured meanwhile, until it is dropped") {
    LedgerFixture f({dollars("bal_a", 1000)});
    f.reserve(300).reservation.settle({.usd = 300});
    Grant open = f.reserve(200);
    auto hold = f.ledger->holdCap("bal_a", 600, 0, f.clock.now());
    REQUIRE(hold);
    CHECK(f.reserve(101).verdict == Verdict::Refused);
    f.configure({dollars("bal_a", 1000)});  // of before the change, and late
    CHECK(f.reserve(101).verdict == Verdict::Refused);
    CHECK(f.reserve(100).verdict == Verdict::Granted);
    {
      auto lower = f.ledger->holdCap("bal_a", 550, 0, f.clock.now());
      REQUIRE(lower);
      CHECK(f.reserve(51).verdict == Verdict::Refused);
    }
    CHECK(f.reserve(100).verdict == Verdict::Granted);
    hold.value().release();  // the change failed
    CHECK(f.reserve(500).verdict == Verdict::Granted);
  }

  TEST_CASE("a change that is in force stays so after its hold") {
    LedgerFixture f({dollars("bal_a", 1000)});
    {
      auto hold = f.ledger->holdCap("bal_a", 600, 0, f.clock.now());
      REQUIRE(hold);
      f.configure({dollars("bal_a", 600)});
    }
    CHECK(f.reserve(601).verdict == Verdict::Refused);
    CHECK(f.reserve(600).verdict == Verdict::Granted);
  }

  TEST_CASE("what is taken, in memory or in the store, is not undercut") {
    LedgerFixture f({dollars("bal_a", 1000)});
    const auto refused = f.ledger->holdCap("bal_a", 99, 100, f.clock.now());
    REQUIRE_FALSE(refused);  // nothing is in memory yet
    CHECK(refused.error() == 100);
    f.reserve(300).reservation.settle({.usd = 300});
    const Grant open = f.reserve(200);
    const auto too_low = f.ledger->holdCap("bal_a", 499, 0, f.clock.now());
    REQUIRE_FALSE(too_low);
    CHECK(too_low.error() == 500);
    CHECK(f.ledger->holdCap("bal_a", 500, 0, f.clock.now()));
    CHECK(f.ledger->holdCap("bal_unknown", 500, 500, f.clock.now()));
    CHECK_FALSE(f.ledger->holdCap("bal_unknown", 500, 501, f.clock.now()));
    CHECK(f.reserve(500).verdict == Verdict::Granted);  // no hold is left
  }

  TEST_CASE("a held cap alone makes no balance low") {
    auto balance = dollars("bal_a", 1000);
    balance.thresholds = {};
    balance.low_threshold = 300;
    LedgerFixture f({balance});
    f.reserve(500).reservation.settle({.usd = 500});
    {
      auto hold = f.ledger->holdCap("bal_a", 600, 0, f.clock.now());
      REQUIRE(hold);
      f.reserve(50).reservation.settle({.usd = 50});
    }
    f.ledger->sync();
    CHECK(f.sink.all().empty());
    f.reserve(200).reservation.settle({.usd = 200});
    f.ledger->sync();
    CHECK(f.sink.all().size() == 1);
  }

  TEST_CASE("no reservation slips in between a change's check and its coming into force") {
    constexpr int kRounds = 400;
    const auto with = [](int64_t cap) { return std::vector{dollars("bal_a", cap)}; };
    LedgerFixture f(with(10'000));
    std::atomic<bool> done{false};
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        std::minstd_rand random(t + 1);
        const auto claims = f.claims();
        while (!done) {
          const int64_t most = static_cast<int64_t>(random() % 40) + 1;
          Grant grant = f.reserve(claims, most);
          if (grant.verdict == Verdict::Granted) {
            grant.reservation.settle({.usd = static_cast<int64_t>(random()) % (most + 1)});
          }
        }
      });
    }
    const auto taken = [&] {
      const auto standing = f.ledger->standing("bal_a", "", f.clock.now());
      return standing ? standing->settled + standing->reserved : 0;
    };
    int lowered = 0;
    int64_t cap = 10'000;
    for (int i = 0; i < kRounds; ++i) {
      f.configure(with(cap = taken() + 2'000));
      const int64_t next = taken() + 100;
      {
        auto hold = f.ledger->holdCap("bal_a", next, 0, f.clock.now());
        if (!hold) continue;  // spent meanwhile
        std::this_thread::yield();
        f.configure(with(cap));  // another change's, built before
        std::this_thread::yield();
        f.configure(with(next));
      }
      ++lowered;
      std::this_thread::yield();
      CHECK(taken() <= next);
    }
    done = true;
    threads.clear();
    CHECK(lowered > 0);
  }
}

}  // namespace penstock::budget
