#include "guard/glob.h"

#include <optional>

#include "base/text.h"

namespace penstock::guard {
namespace {

// The byte after the character at `i`.
size_t nextCharacter(std::string_view text, size_t i) {
  ++i;
  while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) ++i;
  return i;
}

}  // namespace

bool matchesGlob(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  // The last '*' and where the text stood: only that one ever takes more.
  std::optional<size_t> star;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = nextCharacter(text, t);
    } else if (p < pattern.size() && asciiLower(pattern[p]) == asciiLower(text[t])) {
      ++p, ++t;
    } else if (star) {
      p = *star + 1;
      t = resume = nextCharacter(text, resume);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace penstock::guard
