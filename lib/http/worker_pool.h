#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/sync.h"
#include "http/exchange.h"
#include "http/server.h"

namespace penstock::http {

// A few threads for handlers that block (SQLite, files): the management API. The queue is bounded.
// Thread-safe.
class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t queue_limit);
  ~WorkerPool();  // finishes what is running; what is queued is dropped
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full.
  [[nodiscard]] bool submit(std::function<void()> task);

 private:
  struct Queue {
    std::deque<std::function<void()>> tasks;
    bool stopping = false;
  };
  void run();

  const size_t queue_limit_;
  Sync<Queue> queue_;
  std::condition_variable wake_;
  std::vector<std::jthread> threads_;
};

// A handler that may block: it runs on the pool, its answer is sent from the exchange's loop. A
// full pool answers 503 with Retry-After; an exception answers 500, its text going to the log only.
using BlockingHandler = std::function<Response(const Request&)>;
Handler blocking(WorkerPool& pool, BlockingHandler handler, ErrorRenderer render_error,
                 Logger& log);

// The same for answers that may be streams: what it gives is called on the exchange's loop, and
// answers there.
using BlockingStarter = std::function<Handler(const Request&)>;
Handler blockingStart(WorkerPool& pool, BlockingStarter starter, ErrorRenderer render_error,
                      Logger& log);

}  // namespace penstock::http
