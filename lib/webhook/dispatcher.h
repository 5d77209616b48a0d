#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/sync.h"
#include "http/client.h"
#include "metrics/registry.h"
#include "store/store.h"
#include "webhook/sender.h"

namespace penstock::webhook {

struct DispatcherOptions {
  size_t max_in_flight = 16;  // calls at once, in all
  size_t per_endpoint = 4;    // and to one endpoint; 1 while it fails
  std::chrono::milliseconds attempt_timeout{10'000};
  std::chrono::milliseconds look_every{1'000};     // by the real clock, for what nobody woke us for
  std::chrono::hours retention{30 * 24};           // of finished deliveries and their events
  std::chrono::milliseconds purge_every{600'000};  // by the injected clock
  size_t purge_batch = 500;                        // rows a transaction
};

// Delivers what is due in the webhook outbox, at least once: all state that matters is in the rows,
// so a kill at any instant loses nothing and sends again, under the same delivery id, at most what
// was in flight. When to try again is decided by the injected clock's now().
//
// A thread of its own does what blocks (the store); the loop does the HTTP. They meet in a mailbox:
//   thread: record outcomes → read what is due → hand calls to the loop → wait
//   loop:   call → outcome into the mailbox
// A delivery counts as in flight from the moment it is taken until its outcome is committed, so it
// is never sent twice at once, not even while the store refuses to write.
//
// Everything passed in outlives this. Close it before the loop is stopped (or with a loop that does
// not run): calls in flight are cancelled on the loop's thread and stay pending in the store.
class Dispatcher {
 public:
  struct Services {
    store::Store& store;
    http::Loop& loop;
    http::Client& client;  // of that loop
    const Clock& clock;
    Logger& log;
    metrics::Registry& metrics;
  };
  explicit Dispatcher(const Services& services, const DispatcherOptions& options = {});
  ~Dispatcher();  // closes
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Look now: call it after a commit that emitted. Any thread; cheap.
  void wake();

  // Ends it; once is enough. Those who may still wake it then do so in vain.
  void close();

 private:
  struct Mailbox {
    std::vector<Sent> arrived;
    bool woken = true;  // what was left from before is due
    bool stopping = false;
  };
  struct Candidate;

  void arrive(Sent sent);  // any thread
  void run();
  void pass(const std::function<void()>& work);
  bool waitForNews();
  void recordOutcomes();
  store::DeliveryOutcome judge(const Sent& sent) const;
  void settle(const Sent& sent, const store::DeliveryOutcome& outcome);
  metrics::Counter& countOf(const store::DeliveryOutcome& outcome);
  void dispatch();
  std::vector<Candidate> candidates(UnixMillis now);
  std::vector<store::DueDelivery> dueAt(store::Tables& tables, const std::string& endpoint_id,
                                        UnixMillis now);
  bool hasSlotFor(const std::string& endpoint_id) const;
  std::optional<model::WebhookEndpoint> find(store::Tables& tables, const std::string& endpoint_id);
  void take(const model::WebhookEndpoint& endpoint, store::DueDelivery due, UnixMillis now,
            std::vector<Outgoing>& batch);
  void purgeIfDue();

  // Constant after construction.
  const Services services_;
  const DispatcherOptions options_;
  // Used by the thread only.
  std::unordered_map<std::string, model::WebhookDelivery> in_flight_;  // by id
  std::unordered_map<std::string, size_t> busy_;                       // endpoint id → in flight
  std::unordered_set<std::string> failing_;     // endpoints whose last attempt failed
  std::unordered_set<std::string> unreadable_;  // endpoints reported as such
  std::vector<Sent> unrecorded_;
  bool store_failed_ = false;
  SteadyTime next_purge_;

  Sync<Mailbox> mailbox_;
  std::condition_variable news_;
  const std::shared_ptr<Sender> sender_;
  std::jthread thread_;
};

}  // namespace penstock::webhook
