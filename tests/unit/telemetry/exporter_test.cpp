#include "telemetry/exporter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

#include "rows.h"
#include "support/manual_clock.h"

using namespace penstock;
using namespace penstock::test;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using telemetry::Exporter;
using telemetry::Sent;
using Outcome = telemetry::Sent::Outcome;

namespace {

constexpr milliseconds kPatience{10'000};

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

size_t spansIn(const std::string& body) { return count(body, "\"traceId\""); }

// Takes batches as scripted, then all; can be held up.
class FakeCollector {
 public:
  explicit FakeCollector(std::deque<Sent> script = {}) : script_(std::move(script)) {}

  Sent take(const std::string& body) {
    std::unique_lock lock(mutex_);
    bodies_.push_back(body);
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    if (body.find("poison") != std::string::npos) throw std::runtime_error("cannot happen");
    if (script_.empty()) return {};
    Sent sent = std::move(script_.front());
    script_.pop_front();
    return sent;
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
  // The bodies so far, of which there are at least so many.
  std::vector<std::string> bodies(size_t at_least) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return bodies_.size() >= at_least; }));
    return bodies_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Sent> script_;
  std::vector<std::string> bodies_;
  bool open_ = true;
};

// What is written into it can be read once the writer is gone.
struct Pipe {
  Pipe() { REQUIRE(::pipe(ends.data()) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string read() const {
    std::string text(4096, '\0');
    const auto size = ::read(ends[0], text.data(), text.size());
    text.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
    return text;
  }
  std::array<int, 2> ends{};
};

// An exporter to a fake collector, on a clock that stands still; batches leave when they are full.
struct Fixture {
  explicit Fixture(Exporter::Options options = {.flush_every = hours(1)},
                   std::deque<Sent> script = {})
      : collector(std::move(script)) {
    exporter.emplace(Exporter::Services{[this](const std::string& body, milliseconds) {
                                          sent_at.push_back(clock.steady());
                                          return collector.take(body);
                                        },
                                        clock, *log, metrics},
                     std::move(options));
  }
  ~Fixture() {
    collector.release();
    exporter.reset();
  }

  // Until so many bodies have been sent.
  void letTimePass(size_t bodies) {
    while (collector.bodies(0).size() < bodies) {
      clock.advance(milliseconds(250));
      ::usleep(1'000);
    }
  }

  uint64_t dropped(const char* reason) {
    return metrics.counter("penstock_telemetry_spans_dropped", "", {{"reason", reason}}).value();
  }
  uint64_t exported() { return metrics.counter("penstock_telemetry_spans_exported", "").value(); }

  const Pipe out;  // its ends close after the log is gone
  ManualClock clock;
  std::optional<Logger> log{std::in_place, Logger::Options{.fd = out.ends[1]}, clock};
  metrics::Registry metrics;
  FakeCollector collector;
  std::vector<SteadyTime> sent_at;  // of each body; read it when its number has been seen
  std::optional<Exporter> exporter;
};

model::RequestLog rowOf(const std::string& model) {
  auto row = refusedChat();
  row.requested_model = model;
  return row;
}

}  // namespace

TEST_SUITE("telemetry/exporter") {
  TEST_CASE("a full batch leaves at once, the rest after the interval") {
    Fixture patient({.batch_spans = 3, .flush_every = hours(1)});
    for (int i = 0; i < 3; ++i) patient.exporter->record(refusedChat());
    CHECK(spansIn(patient.collector.bodies(1)[0]) == 3);

    Fixture quick({.flush_every = milliseconds(2)});
    quick.exporter->record(fallenBackChat());
    CHECK(spansIn(quick.collector.bodies(1)[0]) == 3);
  }

  TEST_CASE("no batch has more spans than it may, attempts counted, and none gets lost") {
    Fixture fixture({.batch_spans = 7, .flush_every = milliseconds(1)});
    fixture.collector.hold();
    for (int i = 0; i < 40; ++i) {
      fixture.exporter->record(i % 2 == 0 ? fallenBackChat() : refusedChat());
    }
    fixture.collector.release();
    CHECK(fixture.exporter->close(kPatience));
    size_t spans = 0;
    for (const std::string& body : fixture.collector.bodies(12)) {
      CHECK(spansIn(body) <= 7);
      spans += spansIn(body);
    }
    CHECK(spans == 20 * 3 + 20);
    CHECK(fixture.exported() == spans);
  }

  TEST_CASE("what is sent holds nothing that a span does not tell") {
    Fixture fixture;
    fixture.exporter->record(fallenBackChat());
    CHECK(fixture.exporter->close(kPatience));
    CHECK(count(fixture.collector.bodies(1)[0], "canary") == 0);
  }

  TEST_CASE("the end user is kept only when it is to be told") {
    Fixture fixture({.spans = {.end_user = telemetry::EndUser::Include}, .flush_every = hours(1)});
    fixture.exporter->record(fallenBackChat());
    CHECK(fixture.exporter->close(kPatience));
    CHECK(count(fixture.collector.bodies(1)[0], "canary-end-user") == 1);
  }

  TEST_CASE("traces that are not sampled are not exported, nor rows without a trace") {
    Fixture fixture({.sample_ratio = 0, .flush_every = hours(1)});
    auto unsampled = fallenBackChat();
    unsampled.traceparent.back() = '0';
    fixture.exporter->record(unsampled);
    fixture.exporter->record(refusedChat());  // starts its trace, and the ratio is none
    fixture.exporter->record({});
    fixture.exporter->record(fallenBackChat());  // its caller decided
    CHECK(fixture.exporter->close(kPatience));
    CHECK(spansIn(fixture.collector.bodies(1)[0]) == 3);
  }

  TEST_CASE("a collector that hangs makes nobody wait, and what does not fit is counted") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1), .queue_rows = 4});
    fixture.collector.hold();
    for (int i = 0; i < 10; ++i) fixture.exporter->record(fallenBackChat());
    CHECK(fixture.dropped("queue_full") == 6 * 3);
    fixture.collector.release();
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.exported() == 4 * 3);
  }

  TEST_CASE("the queue is bounded in bytes too") {
    const size_t row_bytes = sizeof(model::RequestLog);
    Fixture fixture({.flush_every = hours(1), .queue_bytes = 3 * row_bytes});
    fixture.collector.hold();
    for (int i = 0; i < 10; ++i) fixture.exporter->record(refusedChat());
    CHECK(fixture.dropped("queue_full") == 8);  // a row is a little more than its struct
    auto large = refusedChat();
    large.conversation_id = std::string(1 << 20, 'x');  // cut short: it does not count in full
    Fixture other({.flush_every = hours(1), .queue_bytes = 2 * row_bytes});
    other.exporter->record(large);
    CHECK(other.dropped("queue_full") == 0);
  }

  TEST_CASE("room is free again once a batch is gone") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1), .queue_rows = 1});
    for (uint64_t i = 0; i < 20; ++i) {
      while (fixture.exported() < i) ::usleep(100);
      // The count goes up a moment before the room is given back.
      while (fixture.collector.bodies(0).size() == i) {
        fixture.exporter->record(refusedChat());
        ::usleep(100);
      }
    }
    CHECK(fixture.collector.bodies(20).size() == 20);
  }

  TEST_CASE("a batch is sent again, unchanged, but not before the collector wants it") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1)},
                    {{Outcome::TryAgain, "status 503", 0, seconds(30)}});
    fixture.exporter->record(refusedChat());
    fixture.letTimePass(2);
    CHECK(fixture.collector.bodies(2)[0] == fixture.collector.bodies(2)[1]);
    CHECK(fixture.sent_at[1] - fixture.sent_at[0] >= seconds(30));
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.exported() == 1);
  }

  TEST_CASE("a batch that cannot be delivered in time is dropped, and the next one has its turn") {
    Fixture fixture(
        {.batch_spans = 1, .flush_every = hours(1)},
        {{Outcome::TryAgain, "connect", 0, {}}, {Outcome::TryAgain, "connect", 0, seconds(90)}});
    fixture.exporter->record(rowOf("first"));
    fixture.letTimePass(2);
    fixture.exporter->record(rowOf("second"));
    CHECK(count(fixture.collector.bodies(3)[2], "chat second") == 1);
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.dropped("unreachable") == 1);
    CHECK(fixture.exported() == 1);
  }

  TEST_CASE("a batch that the collector refuses is not sent again") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1)},
                    {{Outcome::Refused, "status 400"}});
    fixture.exporter->record(fallenBackChat());
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.collector.bodies(1).size() == 1);
    CHECK(fixture.dropped("refused") == 3);
  }

  TEST_CASE("spans that the collector threw away are no exported ones") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1)},
                    {{Outcome::Taken, "too long", 2}, {Outcome::Taken, "", 1'000'000}});
    fixture.exporter->record(fallenBackChat());
    fixture.collector.bodies(1);
    fixture.exporter->record(refusedChat());
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.exported() == 1);
    CHECK(fixture.dropped("rejected") == 3);
  }

  TEST_CASE("what cannot happen while sending costs that batch, not the thread") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1)});
    fixture.exporter->record(rowOf("poison"));
    fixture.collector.bodies(1);
    fixture.exporter->record(rowOf("good"));
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.dropped("failed") == 1);
    CHECK(fixture.exported() == 1);
  }

  TEST_CASE("closing sends what is queued and takes no more") {
    Fixture fixture;
    fixture.exporter->record(refusedChat());
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.exported() == 1);
    fixture.exporter->record(fallenBackChat());
    CHECK(fixture.dropped("shutdown") == 3);
    CHECK(fixture.exporter->close(kPatience));
  }

  TEST_CASE("closing cuts a pause short for one last try") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1)},
                    {{Outcome::TryAgain, "status 429", 0, seconds(50)},
                     {Outcome::TryAgain, "status 429", 0, seconds(50)}});
    fixture.exporter->record(refusedChat());
    fixture.collector.bodies(1);
    CHECK(fixture.exporter->close(kPatience));
    CHECK(fixture.collector.bodies(2).size() == 2);
    CHECK(fixture.dropped("shutdown") == 1);
  }

  TEST_CASE("closing does not wait for a collector that hangs") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1)});
    fixture.collector.hold();
    for (int i = 0; i < 3; ++i) fixture.exporter->record(refusedChat());
    fixture.collector.bodies(1);
    CHECK_FALSE(fixture.exporter->close(milliseconds(20)));
    std::jthread later([&] {
      ::usleep(50'000);
      fixture.collector.release();
    });
    fixture.exporter->join();
    CHECK(fixture.exported() == 1);
    CHECK(fixture.dropped("shutdown") == 2);
  }

  TEST_CASE("a collector that is away is logged once, and when it is back") {
    Fixture fixture({.batch_spans = 1, .flush_every = hours(1)},
                    {{Outcome::Refused, "status 401"}, {Outcome::Refused, "status 401"}});
    for (size_t i = 1; i <= 4; ++i) {
      fixture.exporter->record(refusedChat());
      fixture.collector.bodies(i);
    }
    CHECK(fixture.exporter->close(kPatience));
    fixture.exporter.reset();
    fixture.log.reset();  // writes what is queued
    const std::string text = fixture.out.read();
    CHECK(count(text, "telemetry_export_failed") == 1);
    CHECK(count(text, "status 401") == 1);
    CHECK(count(text, "telemetry_export_works_again") == 1);
  }
}
