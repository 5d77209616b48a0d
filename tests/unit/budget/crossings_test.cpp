// What is told of buckets, and how often.
#include <doctest/doctest.h>

#include "unit/budget/ledger_support.h"

namespace penstock::budget {

using test::dollars;
using test::LedgerFixture;

namespace {

using Told = std::vector<std::pair<AlertKind, int64_t>>;

struct Fixture : LedgerFixture {
  void spend(int64_t amount) { reserve(amount).reservation.settle({.usd = amount}); }
  void refuse(int64_t amount) {
    const Grant refused = reserve(amount);
    REQUIRE(refused.verdict == Verdict::Refused);
    ledger->refused(refused.standings[*refused.refused_by], clock.now());
  }
  Told told() {
    ledger->sync();
    Told told;
    for (const Alert& alert : sink.all()) told.emplace_back(alert.kind, alert.pct);
    return told;
  }
};

model::Budget daily(std::vector<int> thresholds, int soft_cap_pct) {
  model::Budget budget = dollars("bud_a", 1000);
  budget.period = model::BudgetPeriod::Daily;
  budget.thresholds = std::move(thresholds);
  budget.soft_cap_pct = soft_cap_pct;
  return budget;
}

model::Budget balance(int64_t credit, int64_t low) {
  model::Budget budget = dollars("bal_a", credit);
  budget.period = model::BudgetPeriod::Total;
  budget.origin = model::BudgetOrigin::Balance;
  budget.thresholds = {};
  budget.low_threshold = low;
  return budget;
}

}  // namespace

TEST_SUITE("budget/crossings") {
  TEST_CASE_FIXTURE(Fixture, "a refusal is told once, and silences no threshold that is crossed") {
    start({daily({10, 50, 80, 100}, 10)});
    spend(120);
    refuse(900);
    refuse(900);
    CHECK(told() == Told{{AlertKind::Threshold, 10}, {AlertKind::Refused, 0}});
    spend(400);
    refuse(900);
    spend(300);
    spend(180);
    CHECK(told() == Told{{AlertKind::Threshold, 10},
                         {AlertKind::Refused, 0},
                         {AlertKind::Threshold, 50},
                         {AlertKind::Threshold, 80},
                         {AlertKind::Exceeded, 100}});
    clock.advance(std::chrono::hours(24));
    spend(120);
    refuse(900);
    CHECK(told().size() == 7);
  }

  TEST_CASE_FIXTURE(Fixture, "a restart forgets neither a refusal nor what is still to be told") {
    start({daily({80, 90, 95, 100}, 80)});
    spend(810);
    refuse(500);
    CHECK(told() == Told{{AlertKind::Threshold, 80}, {AlertKind::Refused, 0}});
    stop();
    sink.alerts.clear();
    start({daily({80, 90, 95, 100}, 80)});
    refuse(500);
    CHECK(told().empty());
    spend(150);
    refuse(500);
    stop();
    start({daily({80, 90, 95, 100}, 80)});
    spend(40);
    CHECK(told() ==
          Told{{AlertKind::Threshold, 90}, {AlertKind::Threshold, 95}, {AlertKind::Exceeded, 100}});
    CHECK(row("bud_a")->alerted_pct == 100);
    CHECK(row("bud_a")->refusal_told);
  }

  TEST_CASE_FIXTURE(Fixture, "a refusal at a cap that is reached says nothing more") {
    start({daily({80, 100}, 80)});
    spend(1000);
    refuse(1);
    CHECK(told() == Told{{AlertKind::Threshold, 80}, {AlertKind::Exceeded, 100}});
  }

  TEST_CASE_FIXTURE(Fixture, "a cap that was lowered below what is settled is told as reached") {
    auto budget = daily({80, 100}, 80);
    start({budget});
    spend(500);
    budget.cap = 400;
    configure({budget});
    refuse(1);
    CHECK(told() == Told{{AlertKind::Threshold, 80}, {AlertKind::Exceeded, 100}});
  }

  TEST_CASE_FIXTURE(Fixture, "a budget of nothing refuses, and its thresholds wait for a cap") {
    auto budget = daily({50, 100}, 80);
    budget.cap = 0;
    start({budget});
    refuse(1);
    refuse(1);
    CHECK(told() == Told{{AlertKind::Refused, 0}});
    budget.cap = 100;
    configure({budget});
    spend(60);
    CHECK(told() == Told{{AlertKind::Refused, 0}, {AlertKind::Threshold, 50}});
  }

  TEST_CASE_FIXTURE(Fixture, "a balance is told to be low though no settlement saw it above") {
    start({balance(100, 20)});
    spend(81);
    CHECK(told() == Told{{AlertKind::Low, 0}});
    configure({balance(200, 20)});  // topped up
    CHECK(told().size() == 1);
    spend(105);
    CHECK(told().size() == 2);
    spend(1);
    CHECK(told().size() == 2);
  }

  TEST_CASE_FIXTURE(Fixture,
                    "a balance is low by a change too, in memory or not, down to nothing") {
    start({balance(100, 20)});
    spend(50);
    CHECK(told().empty());
    configure({balance(100, 60)});  // a higher threshold
    REQUIRE(told().size() == 1);
    CHECK(sink.all()[0].bucket.settled == 50);
    CHECK(sink.all()[0].budget.cap == 100);
    configure({balance(200, 60)});
    configure({balance(100, 60)});  // an adjustment
    CHECK(told().size() == 2);
    configure({balance(100, 20)});
    stop();
    start({balance(100, 20)});  // the bucket is in the store only
    CHECK(told().size() == 2);
    configure({balance(50, 20)});
    REQUIRE(told().size() == 3);
    CHECK(sink.all()[2].bucket.settled == 50);
    CHECK(sink.all()[2].bucket.account_id == "bal_a");
    configure({balance(0, 20)});
    CHECK(told().size() == 4);
  }

  TEST_CASE_FIXTURE(Fixture,
                    "two changes that are put in force as one are looked at all the same") {
    start({balance(100, 20)});
    spend(90);
    CHECK(told().size() == 1);
    auto as_before = balance(100, 20);  // topped up, and adjusted down again
    as_before.updated_at = 7;
    configure({as_before});
    CHECK(told().size() == 2);  // who is told knows of the top-up
  }

  TEST_CASE_FIXTURE(Fixture, "what a crash leaves as spent may make a balance low") {
    start({balance(100, 20)});
    spend(50);
    stop();
    store->write([&](store::Tables& tables) {
      auto left = tables.ledger_buckets.history("bal_a", "", 1).at(0);
      left.leased = 85;
      tables.ledger_buckets.put(left);
    });
    ledger.emplace(*store, clock, log, &sink, Ledger::Options{}, index);
    REQUIRE(told() == Told{{AlertKind::Recovered, 0}, {AlertKind::Low, 0}});
    CHECK(sink.all()[0].budget.cap == 100);
    CHECK(sink.all()[1].bucket.settled == 85);
  }
}

}  // namespace penstock::budget
