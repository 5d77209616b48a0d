#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace penstock::demo {

// The demo provider's own tokenizer. It is no vendor's, but it is exact and the same everywhere, so
// that the counts in `usage` can be checked. A token is, from the left, the first that fits:
//   1. up to 8 ASCII letters, with one space before them if there is one;
//   2. up to 3 ASCII digits, likewise;
//   3. one UTF-8 character (which may be the space).
// The tokens put together are the text again. Bytes that are not UTF-8 are tokens of one byte.
std::vector<std::string_view> tokenize(std::string_view text);

// tokenize(text).size() without the memory.
size_t countTokens(std::string_view text);

}  // namespace penstock::demo
