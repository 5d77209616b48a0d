#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace penstock {

// A new id such as "key_01HXYABCDEF…": the prefix, then a ULID (48 bits of time, 80 random bits,
// Crockford base 32), so that ids sort by creation. Prefixes: spec/modelux.md 13.35.
std::string newId(std::string_view prefix, UnixMillis now);

// A random UUID (version 4) in lower case: the form of request ids.
std::string newUuid();

}  // namespace penstock
