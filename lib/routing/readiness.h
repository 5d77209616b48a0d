#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace penstock::routing {

// Whether a target may be asked now; each worse than the one before.
enum class Readiness : uint8_t {
  Ready,
  // Its breaker was open long enough: one attempt may find out whether it works again.
  Probe,
  // Its breaker is open, or it cools down for a reason that nobody timed: tried when nothing better
  // is left.
  Last,
  // Its provider said until when it takes no requests, or as many as it may have are under way: not
  // asked before `until`.
  Blocked,
};
std::string_view readinessName(Readiness readiness);  // "ready"

// One verdict on a target, and why.
struct Standing {
  Readiness readiness = Readiness::Ready;
  UnixMillis until = 0;     // Last and Blocked: when it is worth looking again; 0: not known
  const char* reason = "";  // "breaker open", "rate limited"; lives as long as the program
};

// Of two verdicts the one that counts: the worse, and of equals the one that lasts longer.
Standing worse(const Standing& a, const Standing& b);

}  // namespace penstock::routing
