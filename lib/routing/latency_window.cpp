#include "routing/latency_window.h"

#include <algorithm>

namespace penstock::routing {
namespace {

// With as many or fewer, percentiles cost next to nothing.
constexpr int64_t kFew = 32;

// The nearest rank; `values` holds at least one and is reordered.
int64_t percentile(std::vector<int64_t>& values, size_t percent) {
  const size_t rank = std::max<size_t>((values.size() * percent + 99) / 100, 1) - 1;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

void LatencyWindow::record(int64_t latency_ms, UnixMillis now) {
  const Sample sample{now, std::max<int64_t>(latency_ms, 0)};
  if (ring_.size() < kSamples) {
    ring_.push_back(sample);
  } else {
    ring_[recorded_ % kSamples] = sample;
  }
  ++recorded_;
}

const Latency& LatencyWindow::over(UnixMillis window, UnixMillis now) {
  const auto same = std::find_if(remembered_.begin(), remembered_.end(),
                                 [&](const Remembered& known) { return known.window == window; });
  Remembered& known =
      same != remembered_.end()
          ? *same
          : *std::min_element(remembered_.begin(), remembered_.end(),
                              [](const auto& a, const auto& b) { return a.at < b.at; });
  const bool fresh = known.window == window && now >= known.at && now - known.at < kStale;
  if (fresh && (known.recorded == recorded_ || known.latency.samples > kFew)) return known.latency;
  known = {window, now, recorded_, compute(window, now)};
  return known.latency;
}

Latency LatencyWindow::compute(UnixMillis window, UnixMillis now) const {
  const UnixMillis since = now - std::min(window, kLength);
  std::vector<int64_t> values;
  values.reserve(ring_.size());
  for (const Sample& sample : ring_) {
    if (sample.at > since) values.push_back(sample.latency_ms);
  }
  if (values.empty()) return {};
  const int64_t p50 = percentile(values, 50);
  return {static_cast<int64_t>(values.size()), p50, percentile(values, 95)};
}

}  // namespace penstock::routing
