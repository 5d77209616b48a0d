#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock::config {

// [a-z0-9][a-z0-9_-]{0,62}, for projects, providers' names and routing configs.
bool isSlug(std::string_view text);

// A slug made of a name for people: "Support bot" becomes "support-bot". Empty when nothing of the
// name can be used.
std::string slugOf(std::string_view name);

// The text without a leading '@': routing configs are named with and without it.
std::string_view withoutAt(std::string_view text);

}  // namespace penstock::config
