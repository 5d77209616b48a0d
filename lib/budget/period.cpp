#include "budget/period.h"

#include <algorithm>
#include <limits>
#include <string>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

namespace penstock::budget {
namespace {

constexpr UnixMillis kMinute = 60'000;
constexpr UnixMillis kHour = 60 * kMinute;

UnixMillis floorTo(UnixMillis time, UnixMillis unit) {
  const UnixMillis rest = time % unit;
  return time - (rest < 0 ? rest + unit : rest);
}

// A zone that is gone from the system's database since the budget was saved: UTC, so that the cap
// holds on.
absl::TimeZone zoneOf(const std::string& name) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (name != "UTC" && isTimeZone(name)) absl::LoadTimeZone(name, &zone);
  return zone;
}

UnixMillis startOf(absl::CivilDay day, const absl::TimeZone& zone) {
  return absl::ToUnixMillis(absl::FromCivil(day, zone));
}

// reset_day of the month, or its last day.
absl::CivilDay resetIn(absl::CivilMonth month, int reset_day) {
  const absl::CivilDay first(month);
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(first + (std::max(reset_day, 1) - 1), last);
}

Period week(absl::CivilDay today, int reset_day, const absl::TimeZone& zone) {
  const int weekday = static_cast<int>(absl::GetWeekday(today));  // 0 is Monday
  const int since = (weekday - (std::clamp(reset_day, 1, 7) - 1) + 7) % 7;
  return {startOf(today - since, zone), startOf(today - since + 7, zone)};
}

Period month(absl::CivilDay today, int reset_day, const absl::TimeZone& zone) {
  absl::CivilMonth begun(today);
  if (resetIn(begun, reset_day) > today) --begun;
  return {startOf(resetIn(begun, reset_day), zone), startOf(resetIn(begun + 1, reset_day), zone)};
}

}  // namespace

Period periodAt(const model::Budget& budget, UnixMillis time) {
  switch (budget.period) {
    case model::BudgetPeriod::Minute: {
      const UnixMillis start = floorTo(time, kMinute);
      return {start, start + kMinute};
    }
    case model::BudgetPeriod::Hour: {
      const UnixMillis start = floorTo(time, kHour);
      return {start, start + kHour};
    }
    case model::BudgetPeriod::Total: return {0, std::numeric_limits<UnixMillis>::max()};
    case model::BudgetPeriod::Daily:
    case model::BudgetPeriod::Weekly:
    case model::BudgetPeriod::Monthly: break;
  }
  const absl::TimeZone zone = zoneOf(budget.timezone);
  const absl::CivilDay today = absl::ToCivilDay(absl::FromUnixMillis(time), zone);
  if (budget.period == model::BudgetPeriod::Weekly) return week(today, budget.reset_day, zone);
  if (budget.period == model::BudgetPeriod::Monthly) return month(today, budget.reset_day, zone);
  return {startOf(today, zone), startOf(today + 1, zone)};
}

Period periodBefore(const model::Budget& budget, const Period& period) {
  return periodAt(budget, period.start - 1);
}

bool isTimeZone(std::string_view name) {
  if (name == "UTC") return true;
  // The loader would take paths and "file:" too, and the database's folder holds more than zones:
  // this machine's own, the default of POSIX rules, and two copies of it all.
  for (const std::string_view other : {"localtime", "posixrules"}) {
    if (name == other) return false;
  }
  if (name.starts_with("posix/") || name.starts_with("right/")) return false;
  const bool plain =
      !name.empty() && name.size() <= 64 && name.front() != '/' &&
      name.find("..") == std::string_view::npos && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '/' || c == '-' || c == '+';
      });
  absl::TimeZone zone;
  return plain && absl::LoadTimeZone(std::string(name), &zone);
}

}  // namespace penstock::budget
