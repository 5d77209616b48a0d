#include "model/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace penstock::model {
namespace {

constexpr int kSubBits = 4;
constexpr int64_t kSub = 1 << kSubBits;
// The last power of two: 2^40 µs.
constexpr int64_t kMax = (int64_t{1} << 40) - 1;

}  // namespace

// Below 16 µs a bucket is a microsecond; above, the four bits after the leading one.
size_t LatencyHistogram::bucketOf(int64_t micros) {
  const auto value = static_cast<uint64_t>(std::clamp<int64_t>(micros, 0, kMax));
  if (value < kSub) return value;
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - kSubBits;
  return static_cast<size_t>(shift) * kSub + (value >> shift);
}

int64_t LatencyHistogram::middleOf(size_t bucket) {
  const auto number = static_cast<int64_t>(bucket);
  if (number < 2 * kSub) return number;
  const int64_t shift = number / kSub - 1;
  const int64_t lowest = (number - shift * kSub) << shift;
  return lowest + (int64_t{1} << shift) / 2;
}

void LatencyHistogram::makeRoom(size_t bucket) {
  if (counts_.empty()) {
    first_ = bucket;
    counts_.resize(1);
  } else if (bucket < first_) {
    counts_.insert(counts_.begin(), first_ - bucket, 0);
    first_ = bucket;
  } else if (bucket >= first_ + counts_.size()) {
    counts_.resize(bucket - first_ + 1);
  }
}

LatencyHistogram& LatencyHistogram::operator+=(const LatencyHistogram& other) {
  if (other.counts_.empty()) return *this;
  makeRoom(other.first_);
  makeRoom(other.first_ + other.counts_.size() - 1);
  for (size_t i = 0; i < other.counts_.size(); ++i) {
    counts_[other.first_ - first_ + i] += other.counts_[i];
  }
  return *this;
}

LatencyHistogram& LatencyHistogram::operator-=(const LatencyHistogram& other) {
  other.each([this](size_t bucket, uint64_t samples) {
    if (bucket < first_ || bucket >= first_ + counts_.size()) return;
    uint64_t& count = counts_[bucket - first_];
    count -= std::min(count, samples);
  });
  return *this;
}

uint64_t LatencyHistogram::samples() const {
  uint64_t sum = 0;
  for (const uint64_t count : counts_) sum += count;
  return sum;
}

std::optional<int64_t> LatencyHistogram::percentile(double share) const {
  const uint64_t all = samples();
  if (all == 0) return std::nullopt;
  const auto rank =
      std::max<uint64_t>(static_cast<uint64_t>(std::ceil(share * static_cast<double>(all))), 1);
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return middleOf(first_ + i);
  }
  return middleOf(first_ + counts_.size() - 1);
}

}  // namespace penstock::model
