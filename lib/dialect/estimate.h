#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::dialect {

// Counts text for a token estimate, where a provider sends no usage (streams cut short, old
// servers).
//
// tokens() is ASCII bytes / 4 + other bytes / 2, rounded up: common byte-pair encodings
// take 3.5–4.5 bytes a token for English prose, about 3 for code, and 2–3 for UTF-8 text of other
// scripts. For such text the estimate is within a factor of two of the true count, mostly within 25
// %. Adversarial text (random bytes, digits) can take up to one token a byte: size() is the hard
// upper bound, since no token is shorter than a byte.
class TextSize {
 public:
  void add(std::string_view text);
  int64_t size() const { return ascii_ + other_; }
  int64_t tokens() const { return (ascii_ + 2 * other_ + 3) / 4; }

 private:
  int64_t ascii_ = 0;
  int64_t other_ = 0;
};

inline int64_t estimateTokens(std::string_view text) {
  TextSize size;
  size.add(text);
  return size.tokens();
}

}  // namespace penstock::dialect
