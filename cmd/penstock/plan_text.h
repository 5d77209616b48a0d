#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "json/value.h"

namespace penstock::cli {

enum class Colour : uint8_t { No, Yes };

// What `penstock plan` shows of {changes, unmanaged, in_sync}: a line a change ("+ create provider
// openai"), below an update a line a field, and a line a thing that the document does not name.
std::string planText(json::ValueRef plan, Colour colour);

// A line a changed field, of [{path, before, after}]: "config.model: a → b".
std::string fieldLines(std::optional<json::ValueRef> fields, const std::string& indent);

}  // namespace penstock::cli
