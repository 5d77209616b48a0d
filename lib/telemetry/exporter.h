#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/sync.h"
#include "metrics/registry.h"
#include "model/request_log.h"
#include "telemetry/delivery.h"
#include "telemetry/span_json.h"

namespace penstock::telemetry {

// Exports finished requests as spans. record() is for the event loops: it copies what the spans
// need under no lock and queues it under a short one; it never waits. A thread of its own renders
// batches and sends them one after another, so that a collector gets one request at a time.
//
// Memory is bounded by rows and bytes, those being sent included: what does not fit, what the
// collector refuses and what cannot be delivered in time is dropped and counted, never waited for.
// When a batch is sent again is decided by the injected clock. Everything passed in outlives this.
class Exporter {
 public:
  struct Options {
    SpanOptions spans;
    double sample_ratio = 1;  // of the traces that start here; a caller's flag is obeyed
    size_t batch_spans = 512;
    std::chrono::milliseconds flush_every{1'000};
    size_t queue_rows = 16'384;
    size_t queue_bytes = 32u << 20;
    std::chrono::milliseconds send_timeout{10'000};
    RetryLimits retry;
  };
  struct Services {
    Send send;  // called on the exporter's thread only
    const Clock& clock;
    Logger& log;
    metrics::Registry& metrics;
  };
  Exporter(Services services, Options options);
  ~Exporter();  // drops what is queued; waits for a send under way
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  // Any thread. Rows without a sampled traceparent are not exported.
  void record(const model::RequestLog& row);

  // For telemetry::continueTrace(), so that the flag which goes to providers tells what is kept.
  double sampleRatio() const { return options_.sample_ratio; }

  // Takes no more, tries once more to send what is not sent yet, and waits for that, no longer than
  // `within` by the real clock. True when it has ended. A send may still be under way otherwise:
  // end the loop that it uses, then call join().
  bool close(std::chrono::milliseconds within);
  // Drops what is left and waits for the thread.
  void join();

 private:
  using Rows = std::deque<model::RequestLog>;
  enum class Phase : uint8_t { Running, Closing, Ending, Ended };
  // Why spans were dropped.
  enum class Loss : uint8_t { QueueFull, Refused, Rejected, Unreachable, Shutdown, Failed };
  static constexpr std::array<const char*, 6> kLossNames = {"queue_full",  "refused",  "rejected",
                                                            "unreachable", "shutdown", "failed"};
  struct State {
    Rows rows;
    size_t spans = 0;  // of these rows
    Phase phase = Phase::Running;
  };

  bool isWanted(const model::RequestLog& row) const;
  bool hasRoomFor(size_t bytes) const;
  bool enqueue(model::RequestLog&& row, size_t bytes);
  void run();
  bool waitForRows(Rows& rows);
  void exportRows(Rows rows);
  std::vector<model::RequestLog> takeBatch(Rows& rows) const;
  void deliver(const std::vector<model::RequestLog>& batch);
  Sent trySend(const std::string& body);
  bool pause(std::chrono::milliseconds delay);
  Phase phase();
  void succeeded(const Sent& sent, size_t spans);
  void failed(const Sent& sent);
  void drop(Loss loss, size_t spans);

  // Constant after construction.
  const Services services_;
  const Options options_;
  metrics::Counter& exported_;
  std::array<metrics::Counter*, kLossNames.size()> dropped_{};  // by Loss

  std::atomic<size_t> held_rows_{0};  // queued and being sent
  std::atomic<size_t> held_bytes_{0};
  Sync<State> state_;
  std::condition_variable wake_;   // the thread: a full batch, the end
  std::condition_variable ended_;  // close(): the thread is done
  // Used by the thread only.
  bool failing_ = false;  // reported once, and when it is over
  std::jthread thread_;
};

}  // namespace penstock::telemetry
