#include "storage/writer.h"

#include <memory>
#include <stdexcept>

namespace penstock::storage {

Writer::Writer(Database& db, Options options)
    : db_(db), options_(options), thread_([this] { run(); }) {}

Writer::~Writer() {
  state_.lock()->stopping = true;
  wake_.notify_one();
  thread_.join();
}

void Writer::write(const Job& job) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    throw std::logic_error("write() from inside a writer job");
  }
  Entry entry{job, nullptr};
  auto state = state_.lock();
  if (state->failure) std::rethrow_exception(state->failure);
  state->queue.push_back(&entry);
  wake_.notify_one();
  state.wait(done_, [&entry] { return entry.done; });
  if (entry.error) std::rethrow_exception(entry.error);
}

bool Writer::post(Job job) {
  auto entry = std::make_unique<Entry>(Entry{std::move(job), nullptr, true});
  auto state = state_.lock();
  if (state->failure || state->queue.size() >= options_.queue_jobs) {
    ++state->dropped;
    return false;
  }
  state->queue.push_back(entry.release());  // finish() deletes it
  wake_.notify_one();
  return true;
}

uint64_t Writer::dropped() const { return state_.lock()->dropped; }

uint64_t Writer::failedPosts() const { return state_.lock()->failed_posts; }

bool Writer::failed() const { return state_.lock()->failure != nullptr; }

void Writer::run() {
  while (true) {
    const std::vector<Entry*> batch = takeBatch();
    if (batch.empty()) return;
    runBatch(batch);
    finish(batch);
  }
}

// Empty only at the end.
std::vector<Writer::Entry*> Writer::takeBatch() {
  auto state = state_.lock();
  state.wait(wake_, [&] { return state->stopping || !state->queue.empty(); });
  std::vector<Entry*> batch;
  while (!state->queue.empty() && batch.size() < options_.batch_jobs) {
    batch.push_back(state->queue.front());
    state->queue.pop_front();
  }
  return batch;
}

void Writer::runBatch(const std::vector<Entry*>& batch) {
  std::exception_ptr failure = state_.lock()->failure;
  bool begun = false;
  try {
    if (failure) std::rethrow_exception(failure);
    Transaction transaction(db_, Transaction::Kind::Write);
    begun = true;
    for (Entry* entry : batch) runJob(*entry);
    transaction.commit();
  } catch (...) {
    // Jobs that already have an error of their own keep it.
    for (Entry* entry : batch) {
      if (!entry->error) entry->error = std::current_exception();
    }
    if (begun) state_.lock()->failure = std::current_exception();
  }
}

void Writer::runJob(Entry& entry) {
  try {
    Savepoint savepoint(db_);
    if (entry.job() == Verdict::Keep) savepoint.keep();
  } catch (...) {
    entry.error = std::current_exception();
    // SQLite rolled the whole transaction back (disk full, I/O error): the neighbours are gone too.
    if (!db_.inTransaction()) throw;
  }
}

void Writer::finish(const std::vector<Entry*>& batch) {
  auto state = state_.lock();
  for (Entry* entry : batch) {
    if (entry->posted) {
      if (entry->error) ++state->failed_posts;
      delete entry;
    } else {
      entry->done = true;
    }
  }
  done_.notify_all();
}

}  // namespace penstock::storage
