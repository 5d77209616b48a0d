#pragma once

#include <functional>
#include <string_view>

namespace penstock::guard {

// The names of the tools that a request offers, in any of the APIs' forms; a tool that the provider
// runs itself is named by its type ("web_search_20250305", "googleSearch"). Ends when `each`
// answers false. The body must be valid JSON; names are valid during the call only.
void forEachToolName(std::string_view body, const std::function<bool(std::string_view name)>& each);

}  // namespace penstock::guard
