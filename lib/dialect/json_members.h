#pragma once

#include <string>
#include <string_view>

#include "json/scan.h"

namespace penstock::dialect {

// Shorthands for members of a scanned object, for readers that take what they find.

// The decoded text of a string member; empty when it is absent or of another kind.
std::string textAt(const json::ObjectIndex& object, std::string_view key);
// The member when it is there and not null.
const json::Member* presentAt(const json::ObjectIndex& object, std::string_view key);
// Scans a member into `index`; false when it is no object.
bool scanAt(const json::ObjectIndex& object, std::string_view key, json::ObjectIndex& index);

}  // namespace penstock::dialect
