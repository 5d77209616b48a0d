#pragma once

#include <functional>

#include "base/clock.h"
#include "base/log.h"
#include "config/config_store.h"

namespace penstock::manage {

// What the handlers work with. Owned by the Gateway; outlives every route. All of it is
// thread-safe.
struct Services {
  config::ConfigStore& config;
  const Clock& clock;
  Logger& log;
  // Called before the log is read: makes the rows of all requests answered so far visible.
  std::function<void()> flush_logs = {};
};

}  // namespace penstock::manage
