#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::guard {

// A regular expression that matches at least every beginning of what `pattern` matches, the empty
// one and the whole included: `ab+` gives one for "", "a", "ab", "abb"…. It may match more (word
// boundaries are dropped), never less. With it a stream's reader knows how far back a match may
// have begun that is not complete yet.
//
// The pattern is one that RE2 accepts. Nothing for syntax that is not taken apart here (\Q…\E):
// then anything may be a beginning.
std::optional<std::string> prefixPattern(std::string_view pattern);

}  // namespace penstock::guard
