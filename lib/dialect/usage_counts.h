#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "json/scan.h"

namespace penstock::dialect {

// A count in a usage object, bounded to [0, 10^9]; nothing when absent, null or no number.
std::optional<int64_t> countOf(const json::ObjectIndex& object, std::string_view key);

// A number as a count, bounded likewise.
int64_t boundedCount(double number);

// Takes at most `wanted` out of `rest`.
int64_t take(int64_t& rest, int64_t wanted);

}  // namespace penstock::dialect
