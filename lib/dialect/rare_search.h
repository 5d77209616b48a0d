#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::dialect {

// Whether a text, which may be large, holds the word. Searches for the character of it that bodies
// have least of, `word[rarest]`: memchr passes over the rest many times faster than memmem, and
// string_view::find stops at every quote.
inline bool holdsWord(std::string_view text, std::string_view word, size_t rarest) {
  for (size_t at = rarest;; ++at) {
    at = text.find(word[rarest], at);
    if (at == std::string_view::npos) return false;
    if (text.substr(at - rarest, word.size()) == word) return true;
  }
}

}  // namespace penstock::dialect
