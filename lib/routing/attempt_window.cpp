#include "routing/attempt_window.h"

#include <algorithm>

namespace penstock::routing {

double AttemptWindow::Counts::successRate() const {
  const int64_t all = successes + faults + others;
  return all == 0 ? 1 : static_cast<double>(successes) / static_cast<double>(all);
}

void AttemptWindow::record(OutcomeKind kind, UnixMillis now) {
  const int64_t second = now / 1000;
  Second& slot = seconds_[static_cast<size_t>(second) % seconds_.size()];
  if (slot.second != second) slot = {second, {}};
  if (kind == OutcomeKind::Success) {
    ++slot.counts.successes;
  } else if (isFault(kind)) {
    ++slot.counts.faults;
  } else {
    ++slot.counts.others;
  }
}

AttemptWindow::Counts AttemptWindow::countsSince(UnixMillis since, UnixMillis now) const {
  const int64_t newest = now / 1000;
  const int64_t oldest = std::max(since, now - kLength) / 1000 + 1;
  Counts counts;
  for (const Second& slot : seconds_) {
    if (slot.second < oldest || slot.second > newest) continue;
    counts.successes += slot.counts.successes;
    counts.faults += slot.counts.faults;
    counts.others += slot.counts.others;
  }
  return counts;
}

}  // namespace penstock::routing
