#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "budget/ledger.h"
#include "budget/rate_limit.h"
#include "config/config_store.h"
#include "manage/idempotency.h"
#include "pricing/catalogue.h"
#include "routing/health.h"
#include "trace/follow.h"
#include "upstream/probe.h"

namespace penstock::manage {

// What the handlers work with. Owned by the Gateway; outlives every route. All of it is
// thread-safe.
struct Services {
  config::ConfigStore& config;
  const Clock& clock;
  Logger& log;
  const pricing::PriceCatalogue& prices;
  const upstream::Prober& prober;
  routing::HealthBoard& health;
  budget::RateLimiter& rate_limits;  // of management keys
  InFlight& in_flight;
  trace::Followers& followers;  // of live traffic
  int64_t rate_limit_rpm = 60;  // of management keys without a limit of their own
  // Called before the log is read: makes the rows of all requests answered so far visible.
  std::function<void()> flush_logs = {};
  // Called after a change that may have emitted events.
  std::function<void()> wake_webhooks = {};
  // Called before ledger_bucket rows are read: brings them up to date (Ledger::sync).
  std::function<void()> sync_ledger = {};
  // How one bucket stands now, of an account and a value, if it is in memory (Ledger::standing).
  std::function<std::optional<budget::Standing>(std::string_view account_id,
                                                std::string_view value)>
      ledger_standing = {};
  // What the proxy would decide for a chat request (raw JSON) of that project, as of the snapshot.
  std::function<Result<model::DecisionTrace>(std::shared_ptr<const config::Snapshot>,
                                             const model::Project&, std::string_view body)>
      dry_run = {};
  // All buckets of an account that are in memory together (Ledger::totals).
  std::function<budget::Ledger::Totals(std::string_view account_id)> ledger_totals = {};
  // Ledger::holdCap, for changes that lower a cap.
  std::function<Result<budget::CapHold, int64_t>(std::string_view account_id, int64_t at_most,
                                                 int64_t settled)>
      hold_cap = {};
};

}  // namespace penstock::manage
