#include "rules/folded_text.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::rules {
namespace {

bool areAsTheyAre(const FoldedText& a, const FoldedText& b) {
  return a.letters == Letters::AsTheyAre && b.letters == Letters::AsTheyAre;
}

// Whether `part` stands in `whole` from `begin` on; it must fit.
bool standsAt(const FoldedText& whole, size_t begin, const FoldedText& part) {
  for (size_t i = 0; i < part.bytes.size(); ++i) {
    if (whole.at(begin + i) != part.at(i)) return false;
  }
  return true;
}

}  // namespace

char FoldedText::at(size_t index) const {
  return letters == Letters::Lower ? asciiLower(bytes[index]) : bytes[index];
}

bool equal(const FoldedText& a, const FoldedText& b) {
  if (areAsTheyAre(a, b)) return a.bytes == b.bytes;
  return a.bytes.size() == b.bytes.size() && standsAt(a, 0, b);
}

std::strong_ordering order(const FoldedText& a, const FoldedText& b) {
  if (areAsTheyAre(a, b)) return a.bytes <=> b.bytes;
  const size_t common = std::min(a.bytes.size(), b.bytes.size());
  for (size_t i = 0; i < common; ++i) {
    if (a.at(i) == b.at(i)) continue;
    return static_cast<unsigned char>(a.at(i)) <=> static_cast<unsigned char>(b.at(i));
  }
  return a.bytes.size() <=> b.bytes.size();
}

bool contains(const FoldedText& whole, const FoldedText& part) {
  if (areAsTheyAre(whole, part)) return whole.bytes.find(part.bytes) != std::string_view::npos;
  for (size_t begin = 0; begin + part.bytes.size() <= whole.bytes.size(); ++begin) {
    if (standsAt(whole, begin, part)) return true;
  }
  return false;
}

bool startsWith(const FoldedText& whole, const FoldedText& part) {
  return whole.bytes.size() >= part.bytes.size() && standsAt(whole, 0, part);
}

}  // namespace penstock::rules
