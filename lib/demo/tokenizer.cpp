#include "demo/tokenizer.h"

namespace penstock::demo {
namespace {

constexpr size_t kMaxLetters = 8;
constexpr size_t kMaxDigits = 3;

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Length of the run at the start of `text` whose characters hold, at most `limit`.
size_t runLength(std::string_view text, size_t limit, bool (*holds)(char)) {
  size_t length = 0;
  while (length < text.size() && length < limit && holds(text[length])) ++length;
  return length;
}

size_t utf8Length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : lead >= 0xC0 ? 2U : 1U;
  if (length > text.size()) return 1;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 1;
  }
  return length;
}

size_t tokenLength(std::string_view text) {
  const size_t space = text[0] == ' ' ? 1 : 0;
  const std::string_view rest = text.substr(space);
  if (const size_t letters = runLength(rest, kMaxLetters, isLetter); letters > 0) {
    return space + letters;
  }
  if (const size_t digits = runLength(rest, kMaxDigits, isDigit); digits > 0) return space + digits;
  return utf8Length(text);
}

}  // namespace

std::vector<std::string_view> tokenize(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    tokens.push_back(text.substr(0, tokenLength(text)));
    text.remove_prefix(tokens.back().size());
  }
  return tokens;
}

size_t countTokens(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(tokenLength(text));
  return count;
}

}  // namespace penstock::demo
