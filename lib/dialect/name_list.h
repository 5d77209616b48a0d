#pragma once

#include <string_view>

namespace penstock::dialect {

// Whether a list of names, as " id name input " with a space around each, has that one. Callers'
// names may be anything: one with a space in it is on no list.
inline bool isListed(std::string_view names, std::string_view name) {
  if (name.empty() || name.find(' ') != std::string_view::npos) return false;
  for (size_t at = names.find(name); at != std::string_view::npos; at = names.find(name, at + 1)) {
    if (names[at - 1] == ' ' && names[at + name.size()] == ' ') return true;
  }
  return false;
}

}  // namespace penstock::dialect
