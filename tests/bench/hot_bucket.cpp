// What many threads lose by sharing one budget: bench_hot_bucket DIR ROUNDS MILLISECONDS. Each of
// 64 threads does the work of requests, with and without a reservation and its settlement in one
// bucket, in turns. Prints as JSON the share of throughput that is lost to it, and what a
// reservation and its settlement in ten buckets take by the clock, with one thread and with two
// that take them from each other, in µs, where there are as many processors: medians over the
// rounds.
//
// The work is less than a proxied request's, so that what is lost shows more than it would there: a
// body is sent through a socket pair and read, as by the caller and to the provider, then scanned
// and bounded; an answer goes back.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "budget/ledger.h"
#include "config/budget_index.h"
#include "dialect/openai_input.h"
#include "dialect/openai_request.h"
#include "store/store.h"

using namespace penstock;

namespace {

constexpr size_t kThreads = 64;
// With and without in turns so much more often than a round: the machine is shared.
constexpr int64_t kSlices = 5;

std::vector<model::Budget> hotBudgets(int count) {
  std::vector<model::Budget> budgets(static_cast<size_t>(count));
  for (model::Budget& budget : budgets) {
    budget.id = "bud_hot" + std::to_string(&budget - budgets.data());
    budget.name = "hot";
    budget.cap = 1'000'000'000'000'000;  // a million dollars: never used up
    budget.thresholds = {80, 100};
  }
  return budgets;
}

std::string chatBody() {
  return R"({"model":"bench/gpt-4o-mini","max_tokens":256,"messages":[{"role":"user","content":")" +
         std::string(900, 'x') + "\"}]}";
}

class SocketPair {
 public:
  SocketPair() {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) != 0)
      throw std::runtime_error("socketpair failed");
  }
  ~SocketPair() {
    for (const int end : ends_) ::close(end);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  // Through it and back.
  void carry(const std::string& bytes) {
    std::array<char, 4096> buffer{};
    for (const int from : {0, 1}) {
      const bool sent = ::write(ends_[from], bytes.data(), bytes.size()) > 0;
      if (!sent || ::read(ends_[1 - from], buffer.data(), buffer.size()) <= 0)
        throw std::runtime_error("the socket pair broke");
    }
  }

 private:
  std::array<int, 2> ends_{};
};

class HotBuckets {
 public:
  HotBuckets(int count, store::Store& store, const Clock& clock, Logger& log)
      : clock_(clock),
        budgets_(std::make_shared<const config::BudgetIndex>(hotBudgets(count))),
        ledger_(store, clock, log, nullptr, {}) {
    ledger_.configure(budgets_);
    for (const model::Budget& budget : budgets_->all()) claims_.push_back({&budget, {}});
  }

  budget::Reservation reserve(int64_t most) {
    while (true) {
      std::latch resumed(1);
      budget::Grant grant =
          ledger_.reserve(claims_, {.usd = most, .tokens = 1000}, budget::Downgrades::Bind,
                          clock_.now(), [&](const Status&) { resumed.count_down(); });
      if (grant.verdict == budget::Verdict::Granted) return std::move(grant.reservation);
      if (grant.verdict != budget::Verdict::Pending) throw std::runtime_error("refused");
      resumed.wait();
    }
  }

 private:
  const Clock& clock_;
  const std::shared_ptr<const config::BudgetIndex> budgets_;
  std::vector<config::BudgetMatch> claims_;
  budget::Ledger ledger_;
};

// One thread's requests until `stop`; how many they were. Without a bucket: none is shared.
int64_t serve(const std::string& body, HotBuckets* bucket, const std::atomic<bool>& stop) {
  SocketPair socket;
  int64_t served = 0;
  for (; !stop.load(std::memory_order_relaxed); ++served) {
    socket.carry(body);
    const auto request = dialect::parseOpenAiChat(body);
    if (!request) throw std::runtime_error(request.error().message);
    const int64_t most = dialect::inputBound(*request).tokens * 150 + 256 * 600;
    budget::Reservation reservation;
    if (bucket != nullptr) reservation = bucket->reserve(most);
    socket.carry(body);
    reservation.settle({.usd = most / 3, .tokens = 300});
  }
  return served;
}

double requestsASecond(HotBuckets* bucket, std::chrono::milliseconds time) {
  const std::string body = chatBody();
  std::atomic<bool> stop{false};
  std::atomic<int64_t> served{0};
  std::vector<std::jthread> threads;
  const auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] { served += serve(body, bucket, stop); });
  }
  std::this_thread::sleep_for(time);
  stop = true;
  threads.clear();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(served) / taken.count();
}

// Goes through a megabyte here and there, as a request does between its reservation and its end, so
// that the ledger is not all that the caches hold.
class Work {
 public:
  void run() {
    for (int i = 0; i < 1500; ++i) {
      at_ = at_ * 1664525 + 1013904223;
      ++memory_[at_ % memory_.size()];
    }
  }

 private:
  uint32_t at_ = 1;
  std::vector<char> memory_ = std::vector<char>(1 << 20);
};

// What reserving and settling take one thread of so many, in µs.
double ledgerMicros(HotBuckets& buckets, int threads, std::chrono::milliseconds time) {
  using Micros = std::chrono::duration<double, std::micro>;
  std::atomic<bool> stop{false};
  std::atomic<int64_t> requests{0}, nanos{0};
  std::vector<std::jthread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      Work work;
      std::chrono::nanoseconds taken{};
      int64_t served = 0;
      for (; !stop.load(std::memory_order_relaxed); ++served) {
        work.run();
        const auto begin = std::chrono::steady_clock::now();
        budget::Reservation reservation = buckets.reserve(1000);
        taken += std::chrono::steady_clock::now() - begin;
        work.run();
        const auto ended = std::chrono::steady_clock::now();
        reservation.settle({.usd = 300, .tokens = 300});
        taken += std::chrono::steady_clock::now() - ended;
      }
      requests += served;
      nanos += taken.count();
    });
  }
  std::this_thread::sleep_for(time);
  stop = true;
  running.clear();
  return Micros(std::chrono::nanoseconds(nanos)).count() / static_cast<double>(requests);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::filesystem::path directory = argv[1];
  const int64_t rounds = std::strtol(argv[2], nullptr, 10);
  const std::chrono::milliseconds time(std::strtol(argv[3], nullptr, 10));
  const SystemClock clock;
  Logger log({.level = LogLevel::Warn}, clock);
  auto store = store::Store::open({.data_dir = directory}, clock);
  if (!store || rounds < 1) return 1;
  HotBuckets hot(1, **store, clock, log);
  std::vector<double> kept;  // of the throughput without
  for (int64_t round = 0; round < kSlices * rounds; ++round) {
    double with = 0, without = 0;
    for (const bool shared : {round % 2 == 0, round % 2 != 0}) {
      (shared ? with : without) = requestsASecond(shared ? &hot : nullptr, time / kSlices);
    }
    kept.push_back(with / without);
  }
  HotBuckets ten(10, **store, clock, log);
  std::vector<double> alone, contended;
  for (int64_t round = 0; round < rounds; ++round) {
    alone.push_back(ledgerMicros(ten, 1, time));
    contended.push_back(ledgerMicros(ten, 2, time));
  }
  std::printf("{\"threads\":%zu,\"lost\":%.4f,\"ten_us\":%.2f,\"ten_us_two\":%.2f}\n", kThreads,
              1 - median(kept), median(alone), median(contended));
  return 0;
}
