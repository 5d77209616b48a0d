// The ledger under many threads: whatever happens, no blocking budget is passed and nothing leaks.
#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <thread>

#include "unit/budget/ledger_support.h"

namespace penstock::budget {

using test::dollars;
using test::LedgerFixture;

TEST_CASE("many threads over overlapping budgets never pass a cap at any observation") {
  constexpr int kThreads = 8;
  constexpr int kRounds = 1500;
  constexpr int64_t kCap = 200'000;
  LedgerFixture f({dollars("bud_all", kCap), dollars("bud_user", kCap / 5),
                   dollars("bud_warn", 1'000, model::BudgetAction::WarnOnly)});
  std::atomic<bool> done{false};
  std::atomic<int64_t> spent{0}, refused{0};
  std::jthread observer([&] {
    while (!done) {
      for (const auto& [id, value, cap] :
           {std::tuple{"bud_all", "", kCap}, std::tuple{"bud_user", "u1", kCap / 5}}) {
        if (const auto s = f.ledger->standing(id, value, f.clock.now())) {
          CHECK(s->settled + s->reserved <= cap);
          CHECK(s->reserved >= 0);
        }
      }
    }
  });
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(static_cast<unsigned>(t) + 7);
      const std::string user = "u" + std::to_string(t % 3);
      std::vector<config::BudgetMatch> claims{
          {f.budgets.data(), {}}, {&f.budgets[1], user}, {&f.budgets[2], {}}};
      std::shuffle(claims.begin(), claims.end(), random);
      for (int i = 0; i < kRounds; ++i) {
        const int64_t most = static_cast<int64_t>(random() % 400) + 1;
        Grant grant = f.reserve(claims, most);
        if (grant.verdict != Verdict::Granted) {
          ++refused;
          continue;
        }
        switch (random() % 4) {
          case 0: grant.reservation.release(); break;
          case 1: break;  // dropped
          default: {
            const int64_t used = static_cast<int64_t>(random()) % (most + 1);
            grant.reservation.settle({.usd = used});
            spent += used;
          }
        }
      }
    });
  }
  threads.clear();
  done = true;
  observer.join();
  const auto all = f.ledger->standing("bud_all", "", f.clock.now());
  REQUIRE(all);
  CHECK(all->reserved == 0);
  CHECK(all->settled == spent);
  CHECK(f.ledger->standing("bud_warn", "", f.clock.now())->settled == spent);
  f.stop();
  CHECK(f.row("bud_all")->settled == spent);
  CHECK(f.row("bud_all")->leased == spent);
  CHECK(refused > 0);  // or the caps were never tried
}

TEST_CASE("caps hold while budgets are edited, deleted and made again and the clock jumps") {
  constexpr int64_t kMost = 50'000;
  auto daily = dollars("bud_day", kMost);
  daily.period = model::BudgetPeriod::Daily;
  LedgerFixture f({daily});
  const UnixMillis midnight = f.clock.now() / 86'400'000 * 86'400'000 + 86'400'000;
  std::atomic<bool> done{false};
  std::jthread editor([&] {
    std::minstd_rand random(3);
    while (!done) {
      std::vector<model::Budget> next{daily};
      next[0].cap = static_cast<int64_t>(random() % kMost) + 1;
      if (random() % 10 == 0) next.clear();
      f.configure(next);
      f.clock.setNow(midnight + static_cast<int64_t>(random() % 3) - 1);
    }
  });
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(static_cast<unsigned>(t) + 1);
      const auto claims = f.claims();
      for (int i = 0; i < 3000; ++i) {
        Grant grant = f.reserve(claims, static_cast<int64_t>(random() % 300) + 1);
        if (grant.verdict != Verdict::Granted) continue;
        for (const Standing& standing : grant.standings) {
          // Granted against the cap that was in force at that instant.
          CHECK(standing.settled + standing.reserved <= standing.cap);
        }
        grant.reservation.settle({.usd = 1});
      }
    });
  }
  threads.clear();
  done = true;
  editor.join();
  f.configure(f.budgets);
  for (const UnixMillis day : {midnight - 1, midnight}) {
    f.clock.setNow(day);
    if (const auto s = f.ledger->standing("bud_day", "", day)) {
      CHECK(s->reserved == 0);
      CHECK(s->settled <= kMost);
    }
  }
}

}  // namespace penstock::budget
