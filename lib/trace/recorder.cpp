#include "trace/recorder.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace penstock::trace {
namespace {

// What a row holds in memory, roughly: the struct, its long texts, its bodies.
size_t bytesOf(const model::RequestLog& row) {
  size_t bytes = sizeof row + row.traceparent.size() + row.end_user.size() + row.decision.size() +
                 row.attempt_log.size() * sizeof(model::Attempt);
  for (const auto& [key, value] : row.tags)
    bytes += sizeof(row.tags[0]) + key.size() + value.size();
  if (row.request_body) bytes += row.request_body->size();
  if (row.response_body) bytes += row.response_body->size();
  return bytes;
}

size_t bytesOf(const std::vector<model::RequestLog>& rows) {
  size_t bytes = 0;
  for (const model::RequestLog& row : rows) bytes += bytesOf(row);
  return bytes;
}

}  // namespace

Recorder::Recorder(store::LogStore& log, const Clock& clock, Logger& logger, Options options)
    : log_(log),
      clock_(clock),
      logger_(logger),
      options_(std::move(options)),
      next_retention_(clock.steady()),
      thread_([this] { run(); }) {}

Recorder::~Recorder() {
  queue_.lock()->stopping = true;
  wake_.notify_one();
  thread_.join();
}

bool Recorder::record(model::RequestLog&& row) {
  const size_t bytes = bytesOf(row);
  bool batch_is_full = false;
  {
    auto queue = queue_.lock();
    if (!hasRoomFor(bytes)) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    Batch& batch = openBatch(*queue);
    batch.push_back(std::move(row));
    batch_is_full = batch.size() == options_.batch_rows;
    ++queue->accepted;
    held_rows_.fetch_add(1, std::memory_order_relaxed);
    held_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  // Once a batch: the thread wakes by itself for less.
  if (batch_is_full) wake_.notify_one();
  return true;
}

bool Recorder::hasRoomFor(size_t bytes) const {
  return held_rows_.load(std::memory_order_relaxed) < options_.queue_rows &&
         held_bytes_.load(std::memory_order_relaxed) + bytes <= options_.queue_bytes;
}

// Batches have their memory before they are filled: a queue that grew by copying would do so under
// the lock that the event loops take.
Recorder::Batch& Recorder::openBatch(Queue& queue) const {
  if (queue.batches.empty() || queue.batches.back().size() == options_.batch_rows) {
    if (queue.spare.empty()) {
      queue.batches.emplace_back().reserve(options_.batch_rows);
    } else {
      queue.batches.push_back(std::move(queue.spare.back()));
      queue.spare.pop_back();
    }
  }
  return queue.batches.back();
}

bool Recorder::full() const {
  return held_rows_.load(std::memory_order_relaxed) + options_.headroom_rows >=
             options_.queue_rows ||
         held_bytes_.load(std::memory_order_relaxed) >= options_.queue_bytes / 10 * 9;
}

double Recorder::fill() const {
  const auto share = [](size_t part, size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  return std::max(share(held_rows_.load(std::memory_order_relaxed), options_.queue_rows),
                  share(held_bytes_.load(std::memory_order_relaxed), options_.queue_bytes));
}

void Recorder::flush() {
  auto queue = queue_.lock();
  const uint64_t target = queue->accepted;
  queue->wanted = std::max(queue->wanted, target);
  wake_.notify_one();
  queue.wait(flushed_, [&] { return queue->done >= target; });
}

void Recorder::run() {
  std::vector<Batch> batches;
  while (waitForBatches(batches)) {
    for (Batch& batch : batches) {
      write(std::move(batch));
      retainIfDue();
    }
    if (batches.empty()) retainIfDue();
  }
}

// Takes what there is after a full batch, the flush interval, a flush() or at the end; false when
// there will be no more.
bool Recorder::waitForBatches(std::vector<Batch>& batches) {
  batches.clear();
  auto queue = queue_.lock();
  queue.waitFor(wake_, options_.flush_every, [&] {
    return queue->stopping || queue->wanted > queue->done ||
           (!queue->batches.empty() && queue->batches.front().size() == options_.batch_rows);
  });
  batches.swap(queue->batches);
  return !batches.empty() || !queue->stopping;
}

void Recorder::write(Batch batch) {
  constexpr size_t kSpareBatches = 16;
  if (append(batch) && options_.on_stored) options_.on_stored(batch);
  const size_t rows = batch.size();
  held_rows_.fetch_sub(rows, std::memory_order_relaxed);
  held_bytes_.fetch_sub(bytesOf(batch), std::memory_order_relaxed);
  batch.clear();
  {
    auto queue = queue_.lock();
    queue->done += rows;
    if (queue->spare.size() < kSpareBatches) queue->spare.push_back(std::move(batch));
  }
  flushed_.notify_all();
}

// The disk may be full or slow for a moment; a log that cannot be written at all must not stop the
// gateway, so after a few attempts the rows are given up, counted and reported. False then.
bool Recorder::append(std::span<const model::RequestLog> batch) {
  std::string reason;
  for (int attempt = 0; attempt < options_.attempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(options_.retry_after);
    try {
      log_.append(batch);
      written_.fetch_add(batch.size(), std::memory_order_relaxed);
      return true;
    } catch (const std::exception& failure) {
      reason = failure.what();
    }
  }
  dropped_.fetch_add(batch.size(), std::memory_order_relaxed);
  logger_.error("request_log_rows_lost",
                {{"rows", std::to_string(batch.size())}, {"reason", reason}});
  return false;
}

// One piece of work between two batches, so that rows never wait long.
void Recorder::retainIfDue() {
  if (clock_.steady() < next_retention_) return;
  store::Retained retained;
  try {
    retained = log_.retain(options_.retention, clock_.now());
  } catch (const std::exception& failure) {
    logger_.error("request_log_retention_failed", {{"reason", failure.what()}});
  }
  if (!retained.more) next_retention_ = clock_.steady() + options_.retention_every;
}

}  // namespace penstock::trace
