#include "base/clock.h"

#include <ctime>

#include <fmt/format.h>

namespace penstock {

UnixMillis SystemClock::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }

std::string iso8601(UnixMillis time) {
  UnixMillis millis = time % 1000;
  if (millis < 0) millis += 1000;
  const auto seconds = static_cast<std::time_t>((time - millis) / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  const std::string head =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                  utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return millis == 0 ? head + "Z" : head + fmt::format(".{:03}Z", millis);
}

}  // namespace penstock
