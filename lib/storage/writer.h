#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/sync.h"
#include "storage/database.h"

namespace penstock::storage {

// The one thread that writes a database, with group commit: jobs that wait while a commit runs
// share the next one. Each job runs in a savepoint of its own, so that one that fails does not undo
// its neighbours. Thread-safe.
//
// When a COMMIT fails, or SQLite gives up a whole transaction, nobody can say what is on the disk:
// the writer then refuses every further job until the process is started again.
class Writer {
 public:
  enum class Verdict : uint8_t { Keep, Undo };
  using Job = std::function<Verdict()>;
  struct Options {
    size_t queue_jobs = 4096;  // bound for post(); write() is bounded by the threads that wait
    size_t batch_jobs = 256;   // of one commit
  };

  // From here on `db`, which must outlive this, belongs to the thread.
  Writer(Database& db, Options options);
  ~Writer();  // finishes what is queued
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Runs the job on the thread and returns after the commit (after the rollback of its savepoint
  // when it answers Undo). Rethrows what the job threw, with its savepoint undone. Throws SqlError
  // when the commit failed. Calling it from inside a job would wait for itself: logic_error.
  void write(const Job& job);

  // Queues the job and returns; false, and counted, when the queue is full or the writer failed.
  bool post(Job job);

  uint64_t dropped() const;      // posts refused
  uint64_t failedPosts() const;  // posts that threw or whose commit failed
  bool failed() const;

 private:
  struct Entry {
    Job job;
    std::exception_ptr error;
    bool posted = false;
    bool done = false;
  };
  struct State {
    std::deque<Entry*> queue;
    bool stopping = false;
    std::exception_ptr failure;  // set once
    uint64_t dropped = 0;
    uint64_t failed_posts = 0;
  };
  void run();
  std::vector<Entry*> takeBatch();
  void runBatch(const std::vector<Entry*>& batch);
  void runJob(Entry& entry);
  void finish(const std::vector<Entry*>& batch);

  // Constant after construction.
  Database& db_;
  const Options options_;
  mutable Sync<State> state_;
  std::condition_variable wake_;  // the thread: work, or the end
  std::condition_variable done_;  // write(): a batch is finished
  std::jthread thread_;
};

}  // namespace penstock::storage
