#pragma once

#include <string_view>

#include "base/clock.h"
#include "model/budget.h"

namespace penstock::budget {

// [start, end) in milliseconds since the epoch. Total is [0, the end of time).
struct Period {
  UnixMillis start = 0;
  UnixMillis end = 0;
  bool holds(UnixMillis time) const { return start <= time && time < end; }
  bool operator==(const Period&) const = default;
};

// The period of a budget that holds `time`: minutes and hours of UTC; days, weeks and months of the
// budget's time zone. A week begins on reset_day (1 is Monday), a month on reset_day or, if it is
// shorter, on its last day. Days begin at midnight, or, where a clock change skips it, when the day
// does. About a microsecond, so remember it.
Period periodAt(const model::Budget& budget, UnixMillis time);
// The one before it.
Period periodBefore(const model::Budget& budget, const Period& period);

// Whether the system's time zone database (Debian: tzdata) has it. "UTC" needs no database.
bool isTimeZone(std::string_view name);

}  // namespace penstock::budget
