#pragma once

#include <string_view>

namespace penstock::guard {

// Whether the whole text fits: '*' is any text, '?' any one character, the rest itself, whatever
// its case (ASCII). Takes time pattern × text at most.
bool matchesGlob(std::string_view pattern, std::string_view text);

}  // namespace penstock::guard
