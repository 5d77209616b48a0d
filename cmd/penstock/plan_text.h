#pragma once

#include <optional>
#include <string>

#include "colour.h"
#include "json/value.h"

namespace penstock::cli {

// What `penstock plan` shows of {changes, unmanaged, in_sync}: a line a change ("+ create provider
// openai"), below an update a line a field, and a line a thing that the document does not name.
std::string planText(json::ValueRef plan, Colour colour);

// A line a changed field, of [{path, before, after}]: "config.model: a → b".
std::string fieldLines(std::optional<json::ValueRef> fields, const std::string& indent);

}  // namespace penstock::cli
