#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "support/store_fixture.h"
#include "trace/recorder.h"

using namespace penstock;
using std::chrono::milliseconds;
using test::logRow;
using trace::Recorder;

namespace {

// A log that can be held up and made to fail.
class FakeLog final : public store::LogStore {
 public:
  void append(std::span<const model::RequestLog> rows) override {
    std::unique_lock lock(mutex_);
    ++entered_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    if (failures_ > 0) {
      --failures_;
      throw std::runtime_error("disk full");
    }
    batches.push_back(rows.size());
    for (const auto& row : rows) times.push_back(row.created_at);
  }
  store::LogPage list(const store::LogFilter&) override { return {}; }
  std::optional<model::RequestLog> find(std::string_view) override { return {}; }
  int64_t count() override { return 0; }
  int64_t sizeBytes() override { return 0; }
  store::RollupReport report(const store::RollupQuery&) override { return {}; }
  std::vector<store::RouteTotals> routes(const store::RollupQuery&) override { return {}; }
  store::Retained retain(const store::Retention& retention, UnixMillis) override {
    days = retention.days;
    return {1, ++retained % 3 != 0};
  }

  void hold() {
    std::lock_guard lock(mutex_);
    open_ = false;
  }
  void release() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void failNext(int times_to_fail) {
    std::lock_guard lock(mutex_);
    failures_ = times_to_fail;
  }
  void awaitAppend(int calls) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return entered_ >= calls; });
  }

  std::vector<size_t> batches;
  std::vector<UnixMillis> times;
  std::atomic<int> retained = 0;
  std::atomic<int> days = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int failures_ = 0;
  int entered_ = 0;
};

struct NullFile {
  NullFile() : fd(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {}
  ~NullFile() { ::close(fd); }
  NullFile(const NullFile&) = delete;
  NullFile& operator=(const NullFile&) = delete;
  const int fd;
};

struct Fixture {
  explicit Fixture(Recorder::Options options) {
    options.retry_after = milliseconds(1);
    recorder.emplace(log, clock, logger, std::move(options));
  }
  NullFile null;  // outlives the logger, which writes at its end
  FakeLog log;
  test::ManualClock clock;
  Logger logger{{.fd = null.fd}, clock};
  std::optional<Recorder> recorder;
};

// Never flushes by itself within a test.
constexpr milliseconds kNever{1'000'000};

}  // namespace

TEST_SUITE("trace/recorder") {
  TEST_CASE("flush returns when every row recorded before is in the log") {
    test::StoreFixture store;
    Logger logger({.fd = 2}, store.clock);
    Recorder recorder(store.store->log(), store.clock, logger, {.flush_every = kNever});
    for (int i = 0; i < 1000; ++i) REQUIRE(recorder.record(logRow(store.clock.now() + i)));
    recorder.flush();
    CHECK(store.store->log().count() == 1000);
    CHECK(recorder.written() == 1000);
    CHECK(recorder.dropped() == 0);
    CHECK(recorder.fill() == 0.0);
    recorder.flush();
  }

  TEST_CASE("rows of many threads are all written, in batches") {
    test::StoreFixture store;
    Logger logger({.fd = 2}, store.clock);
    {
      Recorder recorder(store.store->log(), store.clock, logger, {});
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
          for (int i = 0; i < 500; ++i) recorder.record(logRow(store.clock.now() + i));
        });
      }
    }  // the recorder ends last and writes what is left
    CHECK(store.store->log().count() == 4000);
  }

  TEST_CASE("a full batch does not wait for the clock, and order is kept") {
    Fixture f({.batch_rows = 4, .flush_every = kNever});
    for (int i = 0; i < 4; ++i) f.recorder->record(logRow(i));
    f.log.awaitAppend(1);
    for (int i = 4; i < 10; ++i) f.recorder->record(logRow(i));
    f.recorder->flush();
    for (const size_t rows : f.log.batches) CHECK(rows <= 4);
    CHECK(f.log.times == std::vector<UnixMillis>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  }

  TEST_CASE("few rows are written after the flush window") {
    Fixture f({.flush_every = milliseconds(20)});
    f.recorder->record(logRow(1));
    f.log.awaitAppend(1);
    CHECK(f.recorder->dropped() == 0);
  }

  TEST_CASE("under overload admission is told first, then rows are dropped and counted") {
    Fixture f({.queue_rows = 10, .headroom_rows = 3, .batch_rows = 2, .flush_every = kNever});
    f.log.hold();
    int accepted_when_full = -1;
    for (int i = 0; i < 14; ++i) {
      if (f.recorder->full() && accepted_when_full < 0) accepted_when_full = i;
      CHECK(f.recorder->record(logRow(i)) == (i < 10));
    }
    CHECK(accepted_when_full == 7);
    CHECK(f.recorder->fill() == 1.0);
    CHECK(f.recorder->dropped() == 4);
    f.log.release();
    f.recorder->flush();
    CHECK_FALSE(f.recorder->full());
    CHECK(f.recorder->written() == 10);
    CHECK(f.recorder->record(logRow(99)));
  }

  TEST_CASE("retained bodies count against the queue's bytes") {
    Fixture f({.queue_bytes = 100'000, .flush_every = kNever});
    f.log.hold();
    auto heavy = [] {
      model::RequestLog row = logRow(1);
      row.response_body = std::string(60'000, 'x');
      return row;
    };
    CHECK(f.recorder->record(heavy()));
    CHECK_FALSE(f.recorder->record(heavy()));
    CHECK(f.recorder->fill() > 0.6);
    f.log.release();
    f.recorder->flush();
    CHECK(f.recorder->record(heavy()));
  }

  TEST_CASE("a disk that fails for a moment loses nothing") {
    Fixture f({.flush_every = kNever, .attempts = 3});
    f.log.failNext(2);
    f.recorder->record(logRow(1));
    f.recorder->flush();
    CHECK(f.recorder->written() == 1);
    CHECK(f.recorder->dropped() == 0);
  }

  TEST_CASE("a disk that keeps failing costs rows, never the gateway") {
    Fixture f({.flush_every = kNever, .attempts = 3});
    f.log.failNext(3);
    f.recorder->record(logRow(1));
    f.recorder->flush();
    CHECK(f.recorder->dropped() == 1);
    f.recorder->record(logRow(2));
    f.recorder->flush();
    CHECK(f.log.times == std::vector<UnixMillis>{2});
    CHECK(f.recorder->fill() == 0.0);
  }

  TEST_CASE("what was stored is told, before its flush returns, and what was lost is not") {
    std::vector<UnixMillis> told;
    Fixture f({.batch_rows = 2, .flush_every = kNever, .attempts = 1, .on_stored = [&](auto rows) {
                 for (const model::RequestLog& row : rows) told.push_back(row.created_at);
               }});
    f.log.failNext(1);
    f.recorder->record(logRow(1));
    f.recorder->flush();
    CHECK(told.empty());
    for (int i = 2; i < 5; ++i) f.recorder->record(logRow(i));
    f.recorder->flush();
    CHECK(told == std::vector<UnixMillis>{2, 3, 4});
  }

  TEST_CASE("decisions count against the queue's bytes") {
    Fixture f({.queue_bytes = 100'000, .flush_every = kNever});
    f.log.hold();
    model::RequestLog row = logRow(1);
    row.decision = std::string(60'000, 'x');
    CHECK(f.recorder->record(model::RequestLog(row)));
    CHECK_FALSE(f.recorder->record(std::move(row)));
    f.log.release();
  }

  TEST_CASE("retention runs at its interval, again at once while there is more") {
    Fixture f({.flush_every = kNever,
               .retention = {.days = 7},
               .retention_every = std::chrono::minutes(1)});
    const auto pass = [&f] {
      f.recorder->record(logRow(1));
      f.recorder->flush();
      f.recorder->record(logRow(1));
      f.recorder->flush();  // the first one's retention is over when the second is written
      return f.log.retained.load();
    };
    pass();
    pass();
    CHECK(pass() == 3);  // three pieces: the third said that there is no more
    CHECK(f.log.days == 7);
    f.clock.advance(std::chrono::seconds(59));
    CHECK(pass() == 3);
    f.clock.advance(std::chrono::seconds(1));
    CHECK(pass() > 3);
  }
}
