#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace penstock::declare {

// "2026-05-01T10:20:30.123456+02:00", also with a space for the T, without fraction, and with Z or
// no zone (UTC is meant then) or without a time of day. Nothing when it is something else.
std::optional<UnixMillis> parseTimestamp(std::string_view text);

}  // namespace penstock::declare
