#include "budget/period.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace penstock::budget {
namespace {

model::Budget budgetOf(model::BudgetPeriod period, std::string zone = "UTC", int reset_day = 1) {
  model::Budget budget;
  budget.period = period;
  budget.timezone = std::move(zone);
  budget.reset_day = reset_day;
  return budget;
}

std::string text(const Period& period) { return iso8601(period.start) + " " + iso8601(period.end); }

constexpr UnixMillis kSunday = 1'798'336'496'789;   // 2026-12-27T01:54:56.789Z
constexpr UnixMillis kLeapDay = 1'835'438'400'000;  // 2028-02-29T12:00:00Z

}  // namespace

TEST_CASE("periods of UTC") {
  using P = model::BudgetPeriod;
  CHECK(text(periodAt(budgetOf(P::Minute), kSunday)) ==
        "2026-12-27T01:54:00Z 2026-12-27T01:55:00Z");
  CHECK(text(periodAt(budgetOf(P::Hour), kSunday)) == "2026-12-27T01:00:00Z 2026-12-27T02:00:00Z");
  CHECK(text(periodAt(budgetOf(P::Daily), kSunday)) == "2026-12-27T00:00:00Z 2026-12-28T00:00:00Z");
  CHECK(text(periodAt(budgetOf(P::Weekly), kSunday)) ==
        "2026-12-21T00:00:00Z 2026-12-28T00:00:00Z");
  CHECK(text(periodAt(budgetOf(P::Weekly, "UTC", 7), kSunday)) ==
        "2026-12-27T00:00:00Z 2027-01-03T00:00:00Z");
  CHECK(text(periodAt(budgetOf(P::Monthly), kSunday)) ==
        "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z");
  const Period total = periodAt(budgetOf(P::Total), kSunday);
  CHECK(total.start == 0);
  CHECK(total.end == std::numeric_limits<UnixMillis>::max());
}

TEST_CASE("a month that is too short is reset on its last day") {
  const auto budget = budgetOf(model::BudgetPeriod::Monthly, "UTC", 31);
  CHECK(text(periodAt(budget, kLeapDay)) == "2028-02-29T00:00:00Z 2028-03-31T00:00:00Z");
  const Period before = periodBefore(budget, periodAt(budget, kLeapDay));
  CHECK(text(before) == "2028-01-31T00:00:00Z 2028-02-29T00:00:00Z");
}

TEST_CASE("days follow the clock changes of their time zone") {
  const auto berlin = budgetOf(model::BudgetPeriod::Daily, "Europe/Berlin");
  // Clocks go forward at 01:00 UTC on 2026-03-29: a day of 23 hours; back on 2026-10-25: of 25.
  CHECK(text(periodAt(berlin, 1'774'785'600'000)) == "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
  CHECK(text(periodAt(berlin, 1'792'929'600'000)) == "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z");
  // Where the change skips midnight, the day begins at one o'clock.
  const auto cairo = budgetOf(model::BudgetPeriod::Daily, "Africa/Cairo");
  CHECK(text(periodAt(cairo, 1'777'024'800'000)) == "2026-04-23T22:00:00Z 2026-04-24T21:00:00Z");
}

TEST_CASE("every moment is in the period it is said to be in, and periods meet") {
  for (const auto period :
       {model::BudgetPeriod::Daily, model::BudgetPeriod::Weekly, model::BudgetPeriod::Monthly}) {
    for (const char* zone : {"UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"}) {
      for (const int reset_day : {1, 5, 31}) {
        const auto budget = budgetOf(period, zone, reset_day);
        UnixMillis time = 1'790'000'000'000;
        for (int i = 0; i < 60; ++i) {
          const Period at = periodAt(budget, time);
          CHECK(at.holds(time));
          CHECK(periodAt(budget, at.end - 1) == at);
          CHECK(periodAt(budget, at.end).start == at.end);
          time = at.end + 3'600'000;
        }
      }
    }
  }
}

TEST_CASE("time zones are names, not files") {
  CHECK(isTimeZone("UTC"));
  CHECK(isTimeZone("America/Argentina/Buenos_Aires"));
  CHECK(isTimeZone("Etc/GMT+5"));
  for (const char* name : {"", "Mars/Olympus", "/etc/passwd", "../etc/passwd", "file:/etc/passwd",
                           "Europe/../../../etc/passwd", "Europe/Berlin ", "localtime",
                           "posixrules", "posix/Europe/Berlin", "right/UTC"}) {
    CHECK_FALSE(isTimeZone(name));
  }
}

}  // namespace penstock::budget
