#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/sync.h"
#include "model/request_log.h"
#include "store/request_logs.h"

namespace penstock::trace {

// Takes finished requests from the event loops and writes them to the log in batches on a thread of
// its own. record() never waits for the disk: it moves the row under a short lock. A row is durable
// at most `flush_every` (the declared flush window) plus one batch's write after record(); that
// much is lost by kill -9.
//
// The queue is bounded by rows and bytes. Admission asks full() before it accepts a request and
// sheds when it says yes; the headroom holds the rows of requests already under way, so that none
// of them is lost. Thread-safe.
class Recorder {
 public:
  struct Options {
    size_t queue_rows = 65536;
    size_t queue_bytes = 256u << 20;  // retained bodies count
    size_t headroom_rows = 8192;      // full() says yes this many rows early
    size_t batch_rows = 256;
    std::chrono::milliseconds flush_every{200};
    int attempts = 3;  // at writing a batch before its rows are dropped
    std::chrono::milliseconds retry_after{100};
    store::Retention retention;
    std::chrono::milliseconds retention_every{60'000};  // by the injected clock
    // Called on the recorder's thread with rows that have just been stored, before flush() returns
    // for them. It must not throw, and rows wait for it.
    std::function<void(std::span<const model::RequestLog>)> on_stored = {};
  };
  Recorder(store::LogStore& log, const Clock& clock, Logger& logger, Options options);
  ~Recorder();  // writes what is queued
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // False when the queue is full and the row was dropped.
  bool record(model::RequestLog&& row);

  // True when new requests should be shed. One atomic load.
  bool full() const;
  double fill() const;  // 0 to 1, by rows or bytes, whichever is more

  // Waits until every row recorded before the call is stored (or has been dropped by failures).
  void flush();

  uint64_t written() const { return written_.load(std::memory_order_relaxed); }
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  using Batch = std::vector<model::RequestLog>;  // at most batch_rows, memory for all of them
  struct Queue {
    std::vector<Batch> batches;  // all full but the last; none empty
    std::vector<Batch> spare;    // empty ones, to be filled again
    uint64_t accepted = 0;       // rows ever queued
    uint64_t done = 0;           // of these, rows stored or dropped
    uint64_t wanted = 0;         // a flush() waits for this many
    bool stopping = false;
  };
  bool hasRoomFor(size_t bytes) const;
  Batch& openBatch(Queue& queue) const;
  void run();
  bool waitForBatches(std::vector<Batch>& batches);
  void write(Batch batch);
  bool append(std::span<const model::RequestLog> batch);
  void retainIfDue();

  // Constant after construction.
  store::LogStore& log_;
  const Clock& clock_;
  Logger& logger_;
  const Options options_;

  std::atomic<size_t> held_rows_{0};  // queued and being written
  std::atomic<size_t> held_bytes_{0};
  std::atomic<uint64_t> written_{0};
  std::atomic<uint64_t> dropped_{0};
  Sync<Queue> queue_;
  std::condition_variable wake_;     // the thread: a full batch, a flush, the end
  std::condition_variable flushed_;  // flush(): done went up
  // Used by the recorder's thread only.
  SteadyTime next_retention_;
  std::jthread thread_;
};

}  // namespace penstock::trace
