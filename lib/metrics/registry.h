#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Only goes up. Thread-safe, lock-free.
class Counter {
 public:
  void add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Durations in seconds, in fixed exponential buckets from 100 µs to 100 s. Thread-safe, lock-free.
class Histogram {
 public:
  static constexpr std::array<double, 19> kBounds = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
      0.25,   0.5,     1,      2.5,   5,      10,    25,   50,    100};
  void observeMicros(int64_t micros);

 private:
  friend class Registry;
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> buckets_{};
  std::atomic<uint64_t> sum_micros_{0};
};

// All metrics of one gateway, by name and labels; exposition in the Prometheus text format.
// counter() and histogram() take a lock: hot callers keep the reference, which lives as long as the
// registry. The number of series a name may have is bounded; past it, one with the label values
// "other" takes the rest, so that callers' strings cannot grow memory. Thread-safe.
class Registry {
 public:
  static constexpr size_t kMaxSeries = 1000;

  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});
  // A gauge read when scraped.
  void gauge(std::string_view name, std::string_view help, std::function<double()> read);
  // The same of several series; those past kMaxSeries are left out.
  using Readings = std::vector<std::pair<Labels, double>>;
  void gauges(std::string_view name, std::string_view help, std::function<Readings()> read);

  std::string exposition() const;

 private:
  template <typename T>
  struct Family {
    std::string help;
    std::map<std::string, T*> series;  // by rendered labels
  };
  template <typename T>
  T& find(std::map<std::string, Family<T>, std::less<>>& families, std::deque<T>& storage,
          std::string_view name, std::string_view help, const Labels& labels);

  mutable std::mutex mutex_;
  // Guarded by mutex_; the values inside are atomic.
  std::map<std::string, Family<Counter>, std::less<>> counters_;
  std::map<std::string, Family<Histogram>, std::less<>> histograms_;
  std::map<std::string, std::pair<std::string, std::function<Readings()>>, std::less<>> gauges_;
  std::deque<Counter> counter_storage_;
  std::deque<Histogram> histogram_storage_;
};

}  // namespace penstock::metrics
