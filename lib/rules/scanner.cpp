#include "rules/scanner.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace penstock::rules {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool startsName(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isInName(char c) { return startsName(c) || isDigit(c) || c == '-'; }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Longer ones before what they begin with.
constexpr std::string_view kSymbols[] = {"||", "&&", "==", "!=", "<=", ">=", "<", ">",
                                         "!",  "(",  ")",  "[",  "]",  ",",  "."};

}  // namespace

char Scanner::peek(size_t ahead) const {
  return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

Token Scanner::take(TokenKind kind, size_t length) {
  const Token token{kind, at_, at_ + length, text_.substr(at_, length)};
  at_ += length;
  return token;
}

Token Scanner::bad(std::string_view message) const { return {TokenKind::Bad, at_, at_, message}; }

Token Scanner::next() {
  while (at_ < text_.size() && isSpace(text_[at_])) ++at_;
  if (at_ == text_.size()) return {TokenKind::End, at_, at_, {}};
  const char c = peek();
  if (startsName(c)) return name();
  if (c == '\'' || c == '"') return quoted();
  if (isDigit(c) || (c == '-' && isDigit(peek(1)))) return number();
  return symbol();
}

Token Scanner::name() {
  const std::string_view rest = text_.substr(at_);
  const auto end = std::ranges::find_if_not(rest, isInName);
  return take(TokenKind::Name, static_cast<size_t>(end - rest.begin()));
}

Token Scanner::quoted() {
  const size_t close = text_.find(peek(), at_ + 1);
  if (close == std::string_view::npos) return bad("the quote is never closed");
  Token token = take(TokenKind::Text, close + 1 - at_);
  token.content = token.content.substr(1, token.content.size() - 2);
  return token;
}

// -?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?
Token Scanner::number() {
  const auto digits = [this](size_t from) {
    while (isDigit(peek(from))) ++from;
    return from;
  };
  size_t length = digits(1);
  if (peek(length) == '.' && isDigit(peek(length + 1))) length = digits(length + 1);
  if (peek(length) == 'e' || peek(length) == 'E') {
    const size_t sign = peek(length + 1) == '-' || peek(length + 1) == '+' ? 1 : 0;
    if (isDigit(peek(length + 1 + sign))) length = digits(length + 1 + sign);
  }
  if (isInName(peek(length))) return bad("the number has something else at its end");
  double value = 0;
  const char* begin = text_.data() + at_;
  const auto read = std::from_chars(begin, begin + length, value);
  // What is too large to be told from infinity, or too small from zero.
  if (read.ec != std::errc{}) return bad("the number is out of range");
  Token token = take(TokenKind::Number, length);
  token.number = value;
  return token;
}

Token Scanner::symbol() {
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view symbol : kSymbols) {
    if (rest.starts_with(symbol)) return take(TokenKind::Symbol, symbol.size());
  }
  switch (peek()) {
    case '=': return bad("'=' is no operator; '==' compares");
    case '&': return bad("'&' is no operator; '&&' or 'and' joins conditions");
    case '|': return bad("'|' is no operator; '||' or 'or' joins conditions");
    case '-': return bad("'-' stands only before a digit");
    default: return bad("this character has no meaning outside quotes");
  }
}

}  // namespace penstock::rules
