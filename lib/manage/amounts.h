#pragma once

#include <optional>
#include <string_view>

#include "base/money.h"
#include "json/reader.h"

namespace penstock::manage {

// An amount of US dollars from `min` on, as a JSON number or as a string of digits ("12.5"), exact
// to the nano-dollar. A number is taken for the shortest text that means it, which is what was sent
// as long as that had no more than 15 digits; more of them need a string. Nothing when it is
// absent, or with an error when it is wrong.
std::optional<Money> readUsd(json::ObjectReader& body, std::string_view key, Money min);

}  // namespace penstock::manage
