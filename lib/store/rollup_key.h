#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

// Internal to store/: what roll-ups are kept by (schema/log/0003_rollups.sql).
namespace penstock::store {

enum class RollupKind : uint8_t { Routes = 1, EndUsers = 2, Tags = 3 };
inline constexpr std::array kRollupKinds = {RollupKind::Routes, RollupKind::EndUsers,
                                            RollupKind::Tags};

enum class RollupGrain : uint8_t { Hour = 1, Day = 2 };

// The parts of a key, by kind. Parts named …Text are ids of rollup_text, the others of dictionary
// unless said otherwise; 0 is the empty text in both.
namespace route_part {
inline constexpr size_t kApiKey = 0;
inline constexpr size_t kVendor = 1;
inline constexpr size_t kProvider = 2;
inline constexpr size_t kModelText = 3;
inline constexpr size_t kConfig = 4;
inline constexpr size_t kConfigVersion = 5;  // a number
inline constexpr size_t kResolved = 6;
inline constexpr size_t kOutcome = 7;  // a StatusOutcome
inline constexpr size_t kErrorClass = 8;
inline constexpr size_t kCount = 9;
}  // namespace route_part
namespace end_user_part {
inline constexpr size_t kEndUserText = 0;
inline constexpr size_t kCount = 1;
}  // namespace end_user_part
namespace tag_part {
inline constexpr size_t kKeyText = 0;
inline constexpr size_t kValueText = 1;
inline constexpr size_t kVendor = 2;
inline constexpr size_t kModelText = 3;
inline constexpr size_t kCount = 4;
}  // namespace tag_part

// Parts that a kind does not have are 0.
using RollupKey = std::array<uint32_t, route_part::kCount>;

constexpr size_t partsOf(RollupKind kind) {
  switch (kind) {
    case RollupKind::Routes: return route_part::kCount;
    case RollupKind::EndUsers: return end_user_part::kCount;
    case RollupKind::Tags: return tag_part::kCount;
  }
  return 0;
}

constexpr bool isText(RollupKind kind, size_t part) {
  switch (kind) {
    case RollupKind::Routes: return part == route_part::kModelText;
    case RollupKind::EndUsers: return true;
    case RollupKind::Tags: return part != tag_part::kVendor;
  }
  return false;
}

constexpr uint32_t kOtherText = 1;  // its row in rollup_text

// What takes the place of a key that a full bucket does not admit: callers' texts first, which
// leaves what the operator bounds; when even that is too much, all but the outcome.
constexpr RollupKey overflowKey(RollupKind kind, RollupKey key, bool whole) {
  for (size_t part = 0; part < partsOf(kind); ++part) {
    const bool keeps = kind == RollupKind::Tags && part == tag_part::kKeyText && !whole;
    if (isText(kind, part) && !keeps) {
      if (key[part] != 0) key[part] = kOtherText;
    } else if (whole && !(kind == RollupKind::Routes && part == route_part::kOutcome)) {
      key[part] = 0;
    }
  }
  return key;
}

constexpr UnixMillis kMillisPerHour = 3'600'000;
constexpr int64_t kHoursPerDay = 24;

// Also of times before 1970, which a wrong clock can bring.
constexpr int64_t floorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
constexpr int64_t hourOf(UnixMillis time) { return floorDiv(time, kMillisPerHour); }
constexpr int64_t dayOf(int64_t hour) { return floorDiv(hour, kHoursPerDay); }

}  // namespace penstock::store
