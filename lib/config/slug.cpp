#include "config/slug.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::config {
namespace {

constexpr size_t kMaxSlug = 63;

bool isAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool isSlug(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSlug && isAlphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return isAlphanumeric(c) || c == '_' || c == '-'; });
}

std::string slugOf(std::string_view name) {
  std::string slug;
  for (const char original : name) {
    const char c = asciiLower(original);
    if (isAlphanumeric(c) || c == '_') {
      if (c != '_' || !slug.empty()) slug.push_back(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
  }
  slug.resize(std::min(slug.size(), kMaxSlug));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

std::string_view withoutAt(std::string_view text) {
  if (text.starts_with('@')) text.remove_prefix(1);
  return text;
}

}  // namespace penstock::config
