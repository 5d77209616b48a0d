#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::store {

// Lists of texts as they stand in a column: a JSON array of strings.
std::string textsToJson(std::span<const std::string> texts);

// The reverse. Throws std::runtime_error when the column holds anything else: only this code writes
// it, so the store is broken.
std::vector<std::string> textsFromJson(std::string_view json);

}  // namespace penstock::store
