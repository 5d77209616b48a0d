#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace penstock::model {

// How many requests took how long, in buckets of a fixed layout, so that sums over any rows are
// exact and percentiles of a sum are those of all its samples. A power of two of microseconds is
// divided in 16: a percentile is within 1/32 (3.2 %) of the sample of its rank.
class LatencyHistogram {
 public:
  static size_t bucketOf(int64_t micros);  // negative counts as 0, beyond 12 days as 12 days
  static int64_t middleOf(size_t bucket);  // microseconds
  static constexpr size_t kBuckets = 16 * 37;

  void add(int64_t micros) { addToBucket(bucketOf(micros), 1); }
  // bucket < kBuckets
  void addToBucket(size_t bucket, uint64_t samples) {
    if (bucket < first_ || bucket - first_ >= counts_.size()) makeRoom(bucket);
    counts_[bucket - first_] += samples;
  }
  LatencyHistogram& operator+=(const LatencyHistogram& other);
  // `other` is part of this one.
  LatencyHistogram& operator-=(const LatencyHistogram& other);

  uint64_t samples() const;
  // Microseconds; the nearest rank of `share` (0 to 1). Nothing when there are no samples.
  std::optional<int64_t> percentile(double share) const;

  // Calls f(bucket, samples) for those that have any, in ascending order.
  template <typename F>
  void each(const F& f) const {
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] != 0) f(first_ + i, counts_[i]);
    }
  }

 private:
  void makeRoom(size_t bucket);

  size_t first_ = 0;              // the bucket of counts_[0]
  std::vector<uint64_t> counts_;  // latencies lie close together: the span, not all buckets
};

}  // namespace penstock::model
