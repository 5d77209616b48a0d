#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/published.h"
#include "base/sync.h"
#include "config/snapshot.h"
#include "http/worker_pool.h"
#include "routing/health.h"
#include "store/store.h"
#include "upstream/health_changes.h"
#include "upstream/probe.h"

namespace penstock::upstream {

// Looks at the providers once a second: tells of those whose health changed (the event
// provider.health_changed, through the outbox), and probes those that are to be probed. Everything
// passed in outlives it.
class HealthWatch {
 public:
  struct Services {
    const Published<config::Snapshot>& config;
    store::Store& store;
    routing::HealthBoard& health;
    const Prober& prober;
    const Clock& clock;
    Logger& log;
    std::function<void()> wake_webhooks;  // after the commit; must not wait
  };
  struct Options {
    std::chrono::milliseconds look_every{1'000};  // by the real clock
    size_t probe_threads = 4;                     // a provider that is not there holds one for long
  };
  explicit HealthWatch(Services services) : HealthWatch(std::move(services), Options()) {}
  HealthWatch(Services services, Options options);
  ~HealthWatch();  // closes; waits for probes under way, which end at once with their loop
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  // Starts the thread that looks.
  void start();
  // Ends it; probes under way go on.
  void close();

  // One look, on whichever thread does the looking.
  void look();

 private:
  struct Told {
    const model::Provider& provider;
    routing::HealthStatus status;
    HealthChanges::Change change;
  };
  void run(const std::stop_token& stop);
  void tell(const config::Snapshot& snapshot, const std::vector<Told>& news);
  void probeIfDue(const model::Provider& provider);
  void probe(const model::Provider& provider);
  void forgetDeleted(const config::Snapshot& snapshot);

  // Constant after construction.
  const Services services_;
  const Options options_;
  // Used by the one that looks only.
  HealthChanges changes_;
  std::map<std::string, SteadyTime> probed_at_;  // by provider id
  bool failed_ = false;

  Sync<std::set<std::string>> probing_;  // providers with a probe queued or under way
  std::mutex sleep_;
  std::condition_variable_any woken_;
  // Threads.
  http::WorkerPool probers_;
  std::jthread thread_;
};

}  // namespace penstock::upstream
