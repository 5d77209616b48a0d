// Taken apart, with `P` for the beginnings of something:
//
//   alternation   concatenation ('|' concatenation)*    P(a|b)    = P(a)|P(b)
//   concatenation repetition*                           P(ab)     = P(a)|aP(b)
//   repetition    atom [* + ? {n,m}] ['?']              P(a{n,m}) = a{0,m-1}P(a)
//   atom          a character or class, which has no beginning but "", or a group
#include "guard/prefix_pattern.h"

#include <cstdint>
#include <vector>

namespace penstock::guard {
namespace {

// Groups within each other; RE2 allows more, people do not need them.
constexpr int kMaxDepth = 50;

enum class PieceKind : uint8_t {
  Atom,       // of one character: a beginning of it is nothing or all
  Compound,   // has beginnings of its own
  Assertion,  // takes no text
  Flags,      // "(?i)": for what follows in its group
};

// A part of the pattern and its beginnings, both able to stand in a concatenation.
struct Piece {
  PieceKind kind = PieceKind::Atom;
  std::string whole;
  std::string beginnings;  // of a compound
};

std::string group(const std::string& inside) { return "(?:" + inside + ")"; }

// The beginnings of a piece and what follows it, whose own are `rest`.
std::string beginningsOf(const Piece& piece, const std::string& rest) {
  switch (piece.kind) {
    case PieceKind::Atom: return group(piece.whole + rest) + "?";
    case PieceKind::Compound: return group(piece.beginnings + "|" + piece.whole + rest);
    case PieceKind::Assertion: return rest;
    case PieceKind::Flags: return piece.whole + rest;
  }
  return rest;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Piece> run() {
    Piece all = alternation();
    if (failed_ || !atEnd()) return std::nullopt;
    return all;
  }

 private:
  bool atEnd() const { return at_ == text_.size(); }
  char peek() const { return atEnd() ? '\0' : text_[at_]; }
  bool accept(char c) {
    if (peek() != c || atEnd()) return false;
    ++at_;
    return true;
  }
  // Syntax that is not known here: everything ends as soon as it can.
  void fail() {
    failed_ = true;
    at_ = text_.size();
  }
  char take() {
    if (!atEnd()) return text_[at_++];
    fail();
    return '\0';
  }
  void skipPast(char c) {
    const size_t end = text_.find(c, at_);
    if (end == std::string_view::npos) return fail();
    at_ = end + 1;
  }

  Piece alternation() {
    if (++depth_ > kMaxDepth) fail();
    std::string flags;  // those of one alternative hold for the next ones too
    Piece all{PieceKind::Compound, {}, {}};
    concatenation(flags, all);
    while (accept('|')) {
      all.whole += '|';
      all.beginnings += '|' + flags;
      concatenation(flags, all);
    }
    --depth_;
    return all;
  }

  void concatenation(std::string& flags, Piece& all) {
    std::vector<Piece> pieces;
    while (!atEnd() && peek() != '|' && peek() != ')') pieces.push_back(repetition());
    std::string beginnings;  // of what follows; "" stands for nothing
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
      beginnings = beginningsOf(*piece, beginnings);
    }
    for (const Piece& piece : pieces) {
      all.whole += piece.whole;
      if (piece.kind == PieceKind::Flags) flags += piece.whole;
    }
    all.beginnings += beginnings;
  }

  Piece repetition() {
    Piece piece = atom();
    const size_t begin = at_;
    std::string bound = "*";  // how often it may stand before its last, unfinished time
    if (!accept('*') && !accept('+')) {
      if (accept('?')) {
        bound.clear();
      } else if (!acceptCount(bound)) {
        return piece;
      }
    }
    const std::string count(text_.substr(begin, at_ - begin));
    accept('?');  // lazy or not, it may begin alike
    if (piece.kind == PieceKind::Assertion || piece.kind == PieceKind::Flags) fail();
    const std::string part =
        piece.kind == PieceKind::Atom ? piece.whole + "?" : group(piece.beginnings);
    Piece repeated{PieceKind::Compound, piece.whole + count, {}};
    repeated.beginnings = bound.empty() ? part : piece.whole + bound + part;
    return repeated;
  }

  // "{2}", "{2,}", "{2,5}"; anything else is a character.
  bool acceptCount(std::string& bound) {
    if (peek() != '{') return false;
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    const size_t comma = inside.find(',');
    const auto is_number = [](std::string_view part) {
      return !part.empty() && part.size() <= 4 &&
             part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (!is_number(inside.substr(0, comma))) return false;
    const std::string_view most =
        comma == std::string_view::npos ? inside : inside.substr(comma + 1);
    if (!most.empty() && !is_number(most)) return false;
    at_ = end + 1;
    bound = most.empty() ? "*" : "{0," + std::string(most) + "}";
    return true;
  }

  Piece atom() {
    const size_t begin = at_;
    switch (const char c = take()) {
      case '(': return parenthesis();
      case '[': skipClass(); break;
      case '\\': return escape(begin);
      case '^':
      case '$': return {PieceKind::Assertion, std::string(1, c), {}};
      default: skipRestOfCharacter(); break;
    }
    return {PieceKind::Atom, std::string(text_.substr(begin, at_ - begin)), {}};
  }

  void skipRestOfCharacter() {
    while (!atEnd() && (static_cast<unsigned char>(peek()) & 0xC0) == 0x80) ++at_;
  }

  // After "(": "(?flags)", "(?flags:…)", "(?P<name>…)", "(?:…)" or a plain group.
  Piece parenthesis() {
    std::string open = "(?:";
    if (accept('?')) {
      const size_t begin = at_;
      if (peek() == 'P' || peek() == '<') {
        skipPast('>');
      } else {
        while (!atEnd() && peek() != ':' && peek() != ')') ++at_;
        const std::string flags(text_.substr(begin, at_ - begin));
        if (accept(')')) return {PieceKind::Flags, "(?" + flags + ")", {}};
        take();  // the colon
        open = "(?" + flags + ":";
      }
    }
    Piece inside = alternation();
    if (take() != ')') fail();
    return {PieceKind::Compound, open + inside.whole + ")", open + inside.beginnings + ")"};
  }

  // After "[".
  void skipClass() {
    accept('^');
    accept(']');
    while (!atEnd()) {
      const char c = take();
      if (c == ']') return;
      if (c == '\\') take();
      if (c == '[' && accept(':')) skipPast(']');
    }
    fail();
  }

  // After the backslash at `begin`.
  Piece escape(size_t begin) {
    const char c = take();
    if (c == 'Q') fail();
    if (c == 'p' || c == 'P' || c == 'x') {
      if (accept('{')) {
        skipPast('}');
      } else {
        take();
        if (c == 'x') take();
      }
    }
    if (c >= '0' && c <= '7') {
      for (int digits = 1; digits < 3 && peek() >= '0' && peek() <= '7'; ++digits) ++at_;
    }
    skipRestOfCharacter();
    const bool is_assertion = c == 'b' || c == 'B' || c == 'A' || c == 'z';
    return {is_assertion ? PieceKind::Assertion : PieceKind::Atom,
            std::string(text_.substr(begin, at_ - begin)),
            {}};
  }

  const std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<std::string> prefixPattern(std::string_view pattern) {
  const auto parsed = Parser(pattern).run();
  if (!parsed) return std::nullopt;
  return group(parsed->beginnings);
}

}  // namespace penstock::guard
