#include "telemetry/delivery.h"

#include <algorithm>

#include "base/random.h"

namespace penstock::telemetry {

using std::chrono::milliseconds;

std::optional<milliseconds> Backoff::next(std::optional<milliseconds> retry_after, SteadyTime now) {
  const auto half = static_cast<uint64_t>(pause_.count()) / 2;
  const milliseconds jittered = pause_ - milliseconds(fastRandom() % (half + 1));
  const milliseconds pause = retry_after.value_or(jittered);
  pause_ = std::min(pause_ * 2, limits_.longest);
  if (now + pause > give_up_at_) return std::nullopt;
  return pause;
}

}  // namespace penstock::telemetry
