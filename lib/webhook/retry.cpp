#include "webhook/retry.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace penstock::webhook {
namespace {

constexpr UnixMillis kSecond = 1000;
constexpr UnixMillis kMinute = 60 * kSecond;
constexpr UnixMillis kHour = 60 * kMinute;
// The last repeats.
constexpr std::array<UnixMillis, 7> kDelays = {
    10 * kSecond, 30 * kSecond, 2 * kMinute, 10 * kMinute, 30 * kMinute, kHour, 4 * kHour};

}  // namespace

std::optional<UnixMillis> nextAttempt(int64_t attempts, UnixMillis now, UnixMillis give_up_at) {
  if (now >= give_up_at) return std::nullopt;
  const auto last = static_cast<int64_t>(kDelays.size()) - 1;
  const auto index = static_cast<size_t>(std::clamp<int64_t>(attempts - 1, 0, last));
  return std::min(now + kDelays[index], give_up_at);
}

}  // namespace penstock::webhook
