#include "rules/facts.h"

#include <chrono>

namespace penstock::rules {
namespace {

using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

Moment moment(UnixMillis time) { return Moment(std::chrono::milliseconds(time)); }

}  // namespace

double utcHour(UnixMillis time) {
  const Moment at = moment(time);
  const auto since_midnight = at - std::chrono::floor<std::chrono::days>(at);
  return static_cast<double>(std::chrono::floor<std::chrono::hours>(since_midnight).count());
}

double utcWeekday(UnixMillis time) {
  const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(moment(time)));
  return day.iso_encoding();
}

}  // namespace penstock::rules
