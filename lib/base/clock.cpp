#include "base/clock.h"

#include <chrono>
#include <string>

namespace penstock {

UnixMillis SystemClock::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }

// By hand: every logged request has a time in its trace, and fmt takes ten times as long.
std::string iso8601(UnixMillis time) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::milliseconds(time)};
  const auto day = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(at - day);
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](size_t end, int64_t number, int digits) {
    for (; digits > 0; --digits, number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, static_cast<int>(date.year()), 4);
  put(7, static_cast<unsigned>(date.month()), 2);
  put(10, static_cast<unsigned>(date.day()), 2);
  put(13, clock.hours().count(), 2);
  put(16, clock.minutes().count(), 2);
  put(19, clock.seconds().count(), 2);
  if (clock.subseconds().count() == 0) return text.replace(19, 5, "Z");
  put(23, clock.subseconds().count(), 3);
  return text;
}

}  // namespace penstock
