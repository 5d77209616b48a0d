#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace penstock {

using SteadyTime = std::chrono::steady_clock::time_point;
// Wall time in milliseconds since the epoch, UTC: the form in which times are stored.
using UnixMillis = int64_t;

// The clocks everything above base/ uses, passed in so that tests own time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMillis now() const = 0;     // wall clock; may jump
  virtual SteadyTime steady() const = 0;  // never goes back; for durations and deadlines
};

// The operating system's clocks. Stateless; one shared instance is enough.
class SystemClock final : public Clock {
 public:
  UnixMillis now() const override;
  SteadyTime steady() const override;
};

// "2026-05-01T00:00:00.000Z"; milliseconds are left out when zero.
std::string iso8601(UnixMillis time);

}  // namespace penstock
