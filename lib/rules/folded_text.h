#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace penstock::rules {

enum class Letters : uint8_t { AsTheyAre, Lower };

// Text, or text in lower case without a copy of it: lower() must not allocate. ASCII letters only.
struct FoldedText {
  std::string_view bytes;
  Letters letters = Letters::AsTheyAre;

  char at(size_t index) const;
};

// By bytes.
bool equal(const FoldedText& a, const FoldedText& b);
std::strong_ordering order(const FoldedText& a, const FoldedText& b);
bool contains(const FoldedText& whole, const FoldedText& part);
bool startsWith(const FoldedText& whole, const FoldedText& part);

}  // namespace penstock::rules
