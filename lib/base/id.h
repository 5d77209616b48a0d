#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace penstock {

// A new id such as "key_01HXYABCDEF…": the prefix, then a ULID (48 bits of time, 80 random bits,
// Crockford base 32), so that ids sort by creation. Prefixes: spec/modelux.md 13.35.
std::string newId(std::string_view prefix, UnixMillis now);

// Makes ids that sort in the order in which they were made, those of one millisecond too, and when
// the clock goes back: 20 bits of the 80 count. Used by one thread at a time.
class IdSequence {
 public:
  std::string next(std::string_view prefix, UnixMillis now);

 private:
  UnixMillis last_ = 0;
  uint32_t order_ = 0;  // within it
};

// A random UUID (version 4) in lower case.
std::string newUuid();

// A UUID that begins with the time (version 7): for request ids, whose index in the log then grows
// at its end. A random one costs four times the CPU a row at half a million rows.
std::string newTimeUuid(UnixMillis now);

}  // namespace penstock
