#include "budget/ledger.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <limits>
#include <mutex>
#include <thread>

#include "storage/database.h"

#include "unit/budget/ledger_support.h"

namespace penstock::budget {

using test::dollars;
using test::LedgerFixture;

TEST_CASE("what is reserved is settled to what was used, and the rest is free again") {
  LedgerFixture f({dollars("bud_a", 1000)});
  Grant grant = f.reserve(600);
  REQUIRE(grant.verdict == Verdict::Granted);
  CHECK(grant.standings.at(0).reserved == 600);
  CHECK(grant.usd_left == 1000);
  CHECK(f.reserve(401).verdict == Verdict::Refused);
  grant.reservation.settle({.usd = 250});
  CHECK_FALSE(grant.reservation.open());
  const auto standing = f.ledger->standing("bud_a", "", f.clock.now());
  REQUIRE(standing);
  CHECK(standing->settled == 250);
  CHECK(standing->reserved == 0);
  CHECK(f.reserve(750).verdict == Verdict::Granted);
}

TEST_CASE("a reservation that is dropped is released, and closing is done once") {
  LedgerFixture f({dollars("bud_a", 1000)});
  { const Grant dropped = f.reserve(1000); }
  Grant grant = f.reserve(1000);
  REQUIRE(grant.verdict == Verdict::Granted);
  grant.reservation.settle({.usd = 10});
  grant.reservation.settle({.usd = 10});
  grant.reservation.release();
  CHECK(f.ledger->standing("bud_a", "", f.clock.now())->settled == 10);
}

TEST_CASE("several budgets are reserved together or not at all") {
  auto tag = dollars("bud_tag", 50);
  tag.scope = model::BudgetScope::Tag;
  tag.tag_key = "team";
  LedgerFixture f({dollars("bud_org", 1000), tag, dollars("bud_b", 1000)});
  const Grant refused = f.reserve(60);
  REQUIRE(refused.verdict == Verdict::Refused);
  CHECK(refused.standings.at(*refused.refused_by).budget->id == "bud_tag");
  CHECK(refused.usd_left == 50);
  for (const char* id : {"bud_org", "bud_tag", "bud_b"}) {
    CHECK(f.ledger->standing(id, "", f.clock.now())->reserved == 0);
  }
  CHECK(f.ledger->refusals() == 0);  // which is for the caller to say
  f.ledger->refused(refused.standings.at(*refused.refused_by), f.clock.now());
  CHECK(f.ledger->refusals() == 1);
}

TEST_CASE("a refusal names the most specific budget, then the one with the least left") {
  auto user = dollars("bud_user", 10);
  user.scope = model::BudgetScope::EndUser;
  auto narrow = dollars("bud_narrow", 5);
  LedgerFixture f({dollars("bud_wide", 10), narrow, user});
  const Grant refused = f.reserve(11);
  CHECK(refused.standings.at(*refused.refused_by).budget->id == "bud_user");
  f.budgets.pop_back();
  f.configure(f.budgets);
  const Grant again = f.reserve(11);
  CHECK(again.standings.at(*again.refused_by).budget->id == "bud_narrow");
}

TEST_CASE("budgets that only warn count without bounds; those that downgrade bind once") {
  LedgerFixture f({dollars("bud_w", 100, model::BudgetAction::WarnOnly),
                   dollars("bud_d", 100, model::BudgetAction::Downgrade)});
  const Grant first = f.reserve(150);
  REQUIRE(first.verdict == Verdict::Downgrade);
  CHECK(first.standings.at(*first.refused_by).budget->id == "bud_d");
  Grant downgraded = f.reserve(f.claims(), 150, Downgrades::Count);
  REQUIRE(downgraded.verdict == Verdict::Granted);
  downgraded.reservation.settle({.usd = 150});
  CHECK(f.ledger->standing("bud_w", "", f.clock.now())->settled == 150);
}

TEST_CASE("a budget has a bucket for every distinct value") {
  LedgerFixture f({dollars("bud_u", 100)});
  const Grant ann = f.reserve(f.claims("ann"), 100);
  const Grant bob = f.reserve(f.claims("bob"), 100);
  CHECK(ann.verdict == Verdict::Granted);
  CHECK(bob.verdict == Verdict::Granted);
  CHECK(f.reserve(f.claims("ann"), 1).verdict == Verdict::Refused);
}

TEST_CASE("the buckets of a budget that is in memory only are summed up there") {
  auto tokens = dollars("bud_t", 100);
  tokens.unit = model::BudgetUnit::Tokens;
  tokens.period = model::BudgetPeriod::Minute;
  CHECK_FALSE(isKept(tokens));
  LedgerFixture f({tokens});
  f.reserve(f.claims("ann"), 40).reservation.settle({.tokens = 30});
  f.reserve(f.claims("bob"), 40).reservation.settle({.tokens = 20});
  const Grant open = f.reserve(f.claims("bob"), 40);
  CHECK(f.reserve(f.claims("eve"), 101).verdict == Verdict::Refused);  // has used nothing
  const Ledger::Totals totals = f.ledger->totals("bud_t", f.clock.now());
  CHECK(totals.buckets == 2);
  CHECK(totals.settled == 50);
  CHECK(totals.reserved == 40);
  CHECK(totals.requests == 2);
  f.clock.advance(std::chrono::minutes(1));
  CHECK(f.ledger->totals("bud_t", f.clock.now()).buckets == 0);
  CHECK(f.ledger->totals("bud_gone", f.clock.now()).buckets == 0);
}

TEST_CASE("tokens, requests and concurrency are counted in their own units") {
  auto tokens = dollars("bud_t", 100);
  tokens.unit = model::BudgetUnit::Tokens;
  tokens.period = model::BudgetPeriod::Minute;
  auto requests = dollars("bud_r", 3);
  requests.unit = model::BudgetUnit::Requests;
  requests.period = model::BudgetPeriod::Daily;
  auto at_once = dollars("bud_c", 1);
  at_once.unit = model::BudgetUnit::Concurrency;
  at_once.period = model::BudgetPeriod::Total;
  LedgerFixture f({tokens, requests, at_once});
  Grant first = f.reserve(40);
  REQUIRE(first.verdict == Verdict::Granted);
  const Grant second = f.reserve(40);
  REQUIRE(second.verdict == Verdict::Refused);
  CHECK(second.standings.at(*second.refused_by).budget->id == "bud_c");
  first.reservation.settle({.usd = 1, .tokens = 30});
  CHECK(f.ledger->standing("bud_t", "", f.clock.now())->settled == 30);
  CHECK(f.ledger->standing("bud_r", "", f.clock.now())->settled == 1);
  CHECK(f.ledger->standing("bud_c", "", f.clock.now())->settled == 0);
  CHECK(f.ledger->standing("bud_t", "", f.clock.now())->requests == 1);
  for (int i = 0; i < 2; ++i) f.reserve(1).reservation.settle({.tokens = 1});
  const Grant fourth = f.reserve(1);
  REQUIRE(fourth.verdict == Verdict::Refused);
  CHECK(fourth.standings.at(*fourth.refused_by).budget->id == "bud_r");
  f.clock.advance(std::chrono::hours(24));
  CHECK(f.reserve(100).verdict == Verdict::Granted);
}

TEST_CASE("a new period starts empty, and a clock that goes back finds the old one as it was") {
  auto daily = dollars("bud_day", 100);
  daily.period = model::BudgetPeriod::Daily;
  LedgerFixture f({daily});
  f.reserve(100).reservation.settle({.usd = 100});
  CHECK(f.reserve(1).verdict == Verdict::Refused);
  const UnixMillis today = f.clock.now();
  f.clock.setNow(today + 86'400'000);
  f.reserve(60).reservation.settle({.usd = 60});
  f.clock.setNow(today);
  CHECK(f.reserve(1).verdict == Verdict::Refused);
  f.clock.setNow(today + 86'400'000);
  CHECK(f.reserve(41).verdict == Verdict::Refused);
  CHECK(f.reserve(40).verdict == Verdict::Granted);
}

TEST_CASE("a reservation settles in the period in which it was made") {
  auto daily = dollars("bud_day", 100);
  daily.period = model::BudgetPeriod::Daily;
  LedgerFixture f({daily});
  const UnixMillis today = f.clock.now();
  Grant grant = f.reserve(100);
  f.clock.setNow(today + 86'400'000);
  CHECK(f.reserve(100).verdict == Verdict::Granted);
  grant.reservation.settle({.usd = 70});
  CHECK(f.ledger->standing("bud_day", "", today)->settled == 70);
  CHECK(f.ledger->standing("bud_day", "", f.clock.now())->settled == 0);
}

TEST_CASE("an edited cap binds the next reservation, a deleted budget none") {
  LedgerFixture f({dollars("bud_a", 1000)});
  const auto old_claims = f.claims();
  Grant grant = f.reserve(500);
  std::vector<model::Budget> edited{dollars("bud_a", 600)};
  f.configure(edited);
  CHECK(f.reserve(old_claims, 101).verdict == Verdict::Refused);
  CHECK(f.reserve(old_claims, 100).verdict == Verdict::Granted);
  edited.front().cap = 100;
  f.configure(edited);
  CHECK(f.reserve(old_claims, 1).verdict == Verdict::Refused);
  f.configure({});
  CHECK(f.reserve(old_claims, 1'000'000).verdict == Verdict::Granted);
  grant.reservation.settle({.usd = 500});  // into what nobody asks for any more
}

TEST_CASE("what a budget counts in other periods starts anew") {
  LedgerFixture f({dollars("bud_a", 1000)});
  f.reserve(1000).reservation.settle({.usd = 1000});
  std::vector<model::Budget> edited{dollars("bud_a", 1000)};
  edited.front().period = model::BudgetPeriod::Weekly;
  f.configure(edited);
  CHECK(f.reserve(1000).verdict == Verdict::Granted);
}

TEST_CASE("thresholds are told of once a period and bucket, restarts included") {
  auto daily = dollars("bud_a", 1000);
  daily.period = model::BudgetPeriod::Daily;
  LedgerFixture f({daily});
  f.reserve(790).reservation.settle({.usd = 790});
  f.ledger->sync();
  CHECK(f.sink.all().empty());
  f.reserve(20).reservation.settle({.usd = 20});
  f.reserve(20).reservation.settle({.usd = 20});
  f.ledger->sync();
  REQUIRE(f.sink.all().size() == 1);
  CHECK(f.sink.all()[0].kind == AlertKind::Threshold);
  CHECK(f.sink.all()[0].pct == 80);
  f.stop();
  f.start({daily});
  f.reserve(20).reservation.settle({.usd = 20});
  for (int i = 0; i < 2; ++i) {  // too little left for what was asked for
    const Grant refused = f.reserve(500);
    REQUIRE(refused.verdict == Verdict::Refused);
    f.ledger->refused(refused.standings[*refused.refused_by], f.clock.now());
  }
  f.ledger->sync();
  REQUIRE(f.sink.all().size() == 2);
  CHECK(f.sink.all()[1].kind == AlertKind::Refused);
  f.clock.advance(std::chrono::hours(24));
  f.reserve(1000).reservation.settle({.usd = 1000});
  f.ledger->sync();
  CHECK(f.sink.all().size() == 4);  // both at once
}

TEST_CASE("a request that is too large for a fresh budget says nothing of the budget") {
  LedgerFixture f({dollars("bud_a", 1000)});
  const Grant refused = f.reserve(5000);
  REQUIRE(refused.verdict == Verdict::Refused);
  f.ledger->refused(refused.standings[*refused.refused_by], f.clock.now());
  f.ledger->sync();
  CHECK(f.sink.all().empty());
  f.reserve(900).reservation.settle({.usd = 900});
  f.ledger->sync();
  REQUIRE(f.sink.all().size() == 1);
  CHECK(f.sink.all()[0].pct == 80);
}

TEST_CASE("what is under way counts through a budget's edits, its absence and its return") {
  auto total = dollars("bud_a", 1000);
  total.period = model::BudgetPeriod::Total;
  LedgerFixture f({total});
  auto edited = f.budgets;
  const auto with = [&](auto change) {
    change(edited.front());
    f.configure(edited);
  };
  Grant first = f.reserve(400);
  with([](model::Budget& budget) { budget.enabled = false; });
  CHECK(f.reserve(5000).verdict == Verdict::Granted);
  with([](model::Budget& budget) { budget.enabled = true; });
  CHECK(f.reserve(601).verdict == Verdict::Refused);
  with([](model::Budget& budget) { budget.timezone = "Asia/Tokyo"; });
  CHECK(f.reserve(601).verdict == Verdict::Refused);
  f.configure({});
  f.configure(edited);
  Grant second = f.reserve(600);
  REQUIRE(second.verdict == Verdict::Granted);
  first.reservation.settle({.usd = 300});
  second.reservation.settle({.usd = 500});
  CHECK(f.ledger->standing("bud_a", "", f.clock.now())->settled == 800);
  f.stop();
  CHECK(f.row("bud_a")->settled == 800);
}

TEST_CASE("a lease that nobody came to use is given back, and never more than the cap") {
  LedgerFixture f({dollars("bud_a", 1000), dollars("bud_b", 10)});
  CHECK(f.reserve(5000).verdict == Verdict::Refused);
  CHECK(f.reserve(500).verdict == Verdict::Refused);  // bud_b has not enough
  REQUIRE(f.row("bud_a"));
  CHECK(f.row("bud_a")->leased <= 1000);
  f.stop();
  for (const char* id : {"bud_a", "bud_b"}) CHECK(f.row(id)->leased == 0);
}

TEST_CASE("a store that refuses once makes requests fail, and is asked again") {
  LedgerFixture f({dollars("bud_a", 1000)});
  storage::Database(f.dir.path() / "penstock.db", {})
      .exec(
          "CREATE TRIGGER full BEFORE INSERT ON ledger_bucket "
          "BEGIN SELECT RAISE(ABORT, 'full'); END");
  std::atomic<int> failed{0};
  std::mutex mutex;
  std::condition_variable woken;
  const auto ask = [&] {
    bool resumed = false;
    const Grant grant = f.ledger->reserve(f.claims(), {.usd = 1}, Downgrades::Bind, f.clock.now(),
                                          [&](const Status& ready) {
                                            std::lock_guard lock(mutex);
                                            failed += ready ? 0 : 1;
                                            resumed = true;
                                            woken.notify_one();
                                          });
    REQUIRE(grant.verdict == Verdict::Pending);
    std::unique_lock lock(mutex);
    woken.wait(lock, [&] { return resumed; });
  };
  ask();
  ask();
  CHECK(failed == 2);
  storage::Database(f.dir.path() / "penstock.db", {}).exec("DROP TRIGGER full");
  Grant grant = f.reserve(1000);
  REQUIRE(grant.verdict == Verdict::Granted);
  grant.reservation.settle({.usd = 999});
  f.stop();
  CHECK(f.row("bud_a")->settled == 999);
}

TEST_CASE("a balance that runs low is told of each time it falls below") {
  auto balance = dollars("bal_a", 100);
  balance.thresholds = {};
  balance.low_threshold = 20;
  LedgerFixture f({balance});
  f.reserve(81).reservation.settle({.usd = 81});
  f.reserve(1).reservation.settle({.usd = 1});
  f.ledger->sync();
  REQUIRE(f.sink.all().size() == 1);
  CHECK(f.sink.all()[0].kind == AlertKind::Low);
  // Topped up, it is low no more, until it is again.
  balance.cap = 200;
  f.configure({balance});
  f.reserve(1).reservation.settle({.usd = 1});
  f.ledger->sync();
  CHECK(f.sink.all().size() == 1);
  f.reserve(98).reservation.settle({.usd = 98});
  f.ledger->sync();
  REQUIRE(f.sink.all().size() == 2);
  CHECK(f.sink.all()[1].kind == AlertKind::Low);
}

TEST_CASE("a cap that is lowered below what was settled is told of at the next request") {
  auto budget = dollars("bud_a", 1'000'000);
  LedgerFixture f({budget});
  f.reserve(500).reservation.settle({.usd = 500});
  f.ledger->sync();
  CHECK(f.sink.all().empty());
  budget.cap = 600;
  f.configure({budget});
  f.reserve(1).reservation.settle({.usd = 1});
  f.ledger->sync();
  REQUIRE(f.sink.all().size() == 1);
  CHECK(f.sink.all()[0].pct == 80);
}

TEST_CASE("a restart keeps what was settled, exactly") {
  LedgerFixture f({dollars("bud_a", 1'000'000)});
  for (int i = 0; i < 100; ++i) f.reserve(1000).reservation.settle({.usd = 123});
  f.stop();
  REQUIRE(f.row("bud_a"));
  CHECK(f.row("bud_a")->settled == 12'300);
  CHECK(f.row("bud_a")->leased == 12'300);
  CHECK(f.row("bud_a")->requests == 100);
  f.reopen();
  f.start({dollars("bud_a", 1'000'000)});
  CHECK(f.reserve(1).standings.at(0).settled == 12'300);
}

TEST_CASE("the lease in the store is never less than what is taken, and is what a crash leaves") {
  LedgerFixture f({dollars("bud_a", 1'000'000)});
  std::vector<Reservation> open;
  int64_t true_cost = 0;
  for (int i = 0; i < 300; ++i) {
    Grant grant = f.reserve(1000);
    REQUIRE(grant.verdict == Verdict::Granted);
    const auto row = f.row("bud_a");
    REQUIRE(row);
    CHECK(row->leased >= grant.standings[0].settled + grant.standings[0].reserved);
    CHECK(row->leased <= 1'000'000);
    if (i % 3 == 0) {
      open.push_back(std::move(grant.reservation));
    } else {
      grant.reservation.settle({.usd = 700});
      true_cost += 700;
    }
  }
  // The crash: the files as they are at this instant.
  test::TempDir crashed;
  std::filesystem::copy(
      f.dir.path(), crashed.path(),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(crashed.path() / "lock");
  auto store = store::Store::open({.data_dir = crashed.path()}, f.clock);
  REQUIRE(store);
  test::ToldAlerts told;
  Ledger after(**store, f.clock, f.log, &told, {}, f.index);
  const auto row = (*store)->read(
      [](store::Tables& t) { return t.ledger_buckets.history("bud_a", "", 1).at(0); });
  const int64_t under_way = 101 * 1000;  // when the lease was last extended
  CHECK(row.settled == row.leased);
  CHECK(row.settled >= true_cost);
  CHECK(row.settled <= true_cost + under_way + 1'000'000 / 20);
  REQUIRE(told.all().size() == 1);
  CHECK(told.all()[0].kind == AlertKind::Recovered);
  CHECK(told.all()[0].budget.cap == 1'000'000);
}

TEST_CASE("how much of a cap is used is told exactly, and rounded up") {
  const auto used = [](int64_t settled, int64_t reserved, int64_t cap) {
    return Standing{.cap = cap, .settled = settled, .reserved = reserved}.usedPermyriad();
  };
  CHECK(used(0, 0, 3) == 0);
  CHECK(used(1, 0, 3) == 3334);
  CHECK(used(3, 4, 100) == 700);
  CHECK(used(9'999'999, 0, 10'000'000) == 10'000);
  CHECK(used(25, 0, 10) == 25'000);
  CHECK(used(0, 0, 0) == 10'000);
  CHECK(used(-5, 0, 10) == 0);
  CHECK(used(5'000'000'000'000'000'000, 1, 5'000'000'000'000'000'000) == 10'001);
  CHECK(used(std::numeric_limits<int64_t>::max(), 0, 1) == std::numeric_limits<int64_t>::max());
}

TEST_CASE("idle buckets leave memory and come back as they were") {
  auto daily = dollars("bud_u", 100);
  daily.period = model::BudgetPeriod::Daily;
  LedgerFixture f;
  f.stop();
  f.start({daily}, {.tick = std::chrono::milliseconds(1), .buckets_in_memory = 50});
  for (int i = 0; i < 300; ++i) {
    const std::string user = "user-" + std::to_string(i);
    f.reserve(f.claims(user), 60).reservation.settle({.usd = 60});
    if (i % 40 == 0) {  // two ticks: used, then not
      f.ledger->sync();
      std::this_thread::yield();
    }
  }
  CHECK(f.ledger->buckets() <= 300);
  for (int i = 0; i < 300; i += 7) {
    const std::string user = "user-" + std::to_string(i);
    CHECK(f.reserve(f.claims(user), 41).verdict == Verdict::Refused);
  }
}

}  // namespace penstock::budget
