#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::rules {

enum class TokenKind : uint8_t {
  End,
  Name,    // letters, digits, '_' and '-', beginning with a letter or '_'; words such as `and` too
  Text,    // content is what stands between the quotes
  Number,  // number holds it
  Symbol,  // an operator, a bracket, a comma or a dot
  Bad,     // content says what is wrong
};

struct Token {
  TokenKind kind = TokenKind::End;
  size_t begin = 0;  // bytes of the rule's text
  size_t end = 0;
  std::string_view content;
  double number = 0;

  // Whether it is this symbol or word; a quoted text never is.
  bool is(std::string_view spelling) const {
    return (kind == TokenKind::Symbol || kind == TokenKind::Name) && content == spelling;
  }
};

// Cuts a rule into tokens, which are views of it. There are no escapes in quoted text: a backslash
// is one, so that patterns read as they are, and each kind of quote may hold the other.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Token next();  // End for ever once there is nothing left

 private:
  Token take(TokenKind kind, size_t length);
  Token bad(std::string_view message) const;
  Token name();
  Token quoted();
  Token number();
  Token symbol();
  char peek(size_t ahead = 0) const;

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace penstock::rules
