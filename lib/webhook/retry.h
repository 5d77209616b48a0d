#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace penstock::webhook {

// When to try again after `attempts` failed attempts, the last of them at `now`: 10 s, 30 s, 2 min,
// 10 min, 30 min, 1 h, then every 4 h (spec/modelux.md 13.37). The last attempt is made at
// `give_up_at`, so that a receiver has the whole time; one that fails then or later was the last.
std::optional<UnixMillis> nextAttempt(int64_t attempts, UnixMillis now, UnixMillis give_up_at);

}  // namespace penstock::webhook
