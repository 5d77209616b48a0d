#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/sync.h"
#include "http/worker_pool.h"
#include "model/stored_response.h"
#include "store/store.h"

namespace penstock::responses {

// Keeps responses for their projects. Thread-safe. A response is found from the moment that keep()
// has it, and stands in the store soon after.
class Keeper {
 public:
  struct Services {
    store::Store& store;
    const Clock& clock;
    Logger& log;
  };
  struct Options {
    UnixMillis keep_for = 30LL * 86'400'000;         // 0: nothing is kept
    int64_t total_bytes = int64_t{2} << 30;          // of all; then the oldest go
    size_t most_bytes = 8 << 20;                     // of one: its own input and its object
    size_t waiting_bytes = 64 << 20;                 // not written yet
    std::chrono::milliseconds sweep_every{600'000};  // by the real clock
  };
  Keeper(Services services, Options options);
  ~Keeper();  // finish()
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // Before the first request.
  void start();
  // Writes what waits and ends the thread; what comes later is not kept.
  void finish();

  // Runs it on a thread that may block; false when too much is waiting.
  [[nodiscard]] bool submit(std::function<void()> task) { return workers_.submit(std::move(task)); }

  const Options& options() const { return options_; }

  // Does not block: for event loops. False: it is not kept, for it is too large or too much waits;
  // that is logged.
  bool keep(model::StoredResponse response);

  // These block on the store. Null: the project has none of that id, or no longer.
  using Found = std::shared_ptr<const model::StoredResponse>;
  Found find(std::string_view project_id, std::string_view id);
  // The response whose output or input holds the item of that id, among the first 2,000 that have
  // one.
  Found findByItem(std::string_view project_id, std::string_view item_id);
  // False: there was none.
  bool remove(std::string_view project_id, std::string_view id);
  // Removes what is too old, too much or nobody's any more, until nothing of it is left. The thread
  // does so by itself.
  void sweep();

  uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  using Key = std::pair<std::string, std::string>;  // project, id
  struct Waiting {
    std::map<Key, Found> by_key;
    std::deque<Found> in_order;
    size_t bytes = 0;
    bool closing = false;
  };
  enum class Left : uint8_t { Nothing, Perhaps };

  bool enqueue(const Found& response);
  void run();
  std::vector<Found> take(Left left);
  void write(const std::vector<Found>& batch);
  void forget(const std::vector<Found>& batch);
  bool isWaiting(const Found& response);
  Left sweepSome();
  bool isOld(const model::StoredResponse& response) const;
  Found fresh(std::optional<model::StoredResponse> row) const;
  bool lose(const model::StoredResponse& response, const std::string& reason);

  const Services services_;
  const Options options_;
  std::atomic<uint64_t> lost_{0};
  Sync<Waiting> waiting_;
  std::condition_variable woken_;
  http::WorkerPool workers_;
  std::jthread thread_;
};

}  // namespace penstock::responses
