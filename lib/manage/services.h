#pragma once

#include <functional>

#include "base/clock.h"
#include "base/log.h"
#include "budget/rate_limit.h"
#include "config/config_store.h"
#include "manage/idempotency.h"

namespace penstock::manage {

// What the handlers work with. Owned by the Gateway; outlives every route. All of it is
// thread-safe.
struct Services {
  config::ConfigStore& config;
  const Clock& clock;
  Logger& log;
  // Called before the log is read: makes the rows of all requests answered so far visible.
  std::function<void()> flush_logs = {};
  // Called after a change that may have emitted events.
  std::function<void()> wake_webhooks = {};
  int64_t rate_limit_rpm = 60;  // of management keys without a limit of their own

  budget::RateLimiter rate_limits = {};
  InFlight in_flight = {};
};

}  // namespace penstock::manage
