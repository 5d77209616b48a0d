#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/sync.h"
#include "executor/line_runner.h"
#include "executor/local_objects.h"
#include "executor/run.h"
#include "executor/services.h"

namespace penstock::executor {

// Executes batches that no provider takes: reads their requests from the shelf, has them made a few
// at a time, and writes down what comes of them. Batches take turns. One thread, which blocks on
// the store and the disk; the requests themselves run on the event loops.
class Executor {
 public:
  // The runner outlives it.
  Executor(const Services& services, LineRunner& runner);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Takes up the batches that were under way at the last stop. Before the first request.
  void start();
  // Begins no more requests. waitIdle() waits for those that are under way; false when they took
  // longer. close(), before the loops end, ends them, and they are made again after the next start;
  // join(), after the loops, writes down what they came to until then.
  void beginDrain();
  bool waitIdle(std::chrono::milliseconds limit);
  void close();
  void join();

  LocalObjects& objects() { return objects_; }

  // For gauges: requests under way, and batches that have not ended.
  int64_t linesUnderWay() const { return lines_.load(std::memory_order_relaxed); }
  int64_t batches() const { return batches_.load(std::memory_order_relaxed); }

 private:
  // What the thread is told. Shared with whoever tells: it may come when we are gone.
  struct Event {
    std::string batch_id;
    int64_t number = 0;  // 0: look at the batch
    LineAnswer answer = {};
  };
  struct Inbox {
    Sync<std::deque<Event>> events;
    std::mutex sleep;
    std::condition_variable_any woken;
    void put(Event event);
  };

  void run(const std::stop_token& stop);
  void turn();
  void adopt();
  void takeAll();
  void take(const Event& event);
  void noteAll();
  bool stepAll();
  void beginLines();
  bool beginLine(Run& run);
  bool guarded(const std::function<void()>& task);
  SteadyTime wakeAt(SteadyTime now) const;
  void sleep(const std::stop_token& stop);

  // Constant after construction.
  const Services services_;
  LineRunner& runner_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  LocalObjects objects_;

  std::atomic<bool> draining_{false};
  std::atomic<int64_t> lines_{0}, batches_{0};
  // The thread's own.
  std::map<std::string, std::unique_ptr<Run>> runs_;
  std::string last_turn_;  // whose request was the last
  bool more_ = false;      // a batch has more to do at once
  bool missed_ = false;    // something of what came was lost, as a new batch
  SteadyTime next_note_{}, next_sweep_{};
  std::jthread thread_;
};

}  // namespace penstock::executor
