#include "base/email_address.h"

#include <algorithm>

namespace penstock {

bool isEmailAddress(std::string_view text) {
  constexpr size_t kMaxBytes = 254;
  const size_t at = text.find('@');
  const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  return printable && text.size() <= kMaxBytes && at != 0 && at != std::string_view::npos &&
         at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of("<>,;:\"\\()[]") == std::string_view::npos;
}

}  // namespace penstock
