#include "rules/scanner.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock::rules;

namespace {

std::vector<std::string> contents(std::string_view text) {
  Scanner scanner(text);
  std::vector<std::string> all;
  for (Token token = scanner.next(); token.kind != TokenKind::End; token = scanner.next()) {
    all.emplace_back(token.content);
    if (token.kind == TokenKind::Bad) break;
  }
  return all;
}

Token only(std::string_view text) { return Scanner(text).next(); }

}  // namespace

TEST_SUITE("rules/scanner") {
  TEST_CASE("symbols are cut at their longest, spaces or not") {
    using All = std::vector<std::string>;
    CHECK(contents("a<=b<c") == All{"a", "<=", "b", "<", "c"});
    CHECK(contents("!a!=(b)") == All{"!", "a", "!=", "(", "b", ")"});
    CHECK(contents("tags['a'].b,c") == All{"tags", "[", "a", "]", ".", "b", ",", "c"});
    CHECK(contents("a&&b||c==d>=e>f") ==
          All{"a", "&&", "b", "||", "c", "==", "d", ">=", "e", ">", "f"});
    CHECK(contents(" \t\r\n") == All{});
  }

  TEST_CASE("quoted text is what stands between the quotes") {
    CHECK(only("'a \"b\" \\'").content == "a \"b\" \\");
    CHECK(only("\"it's\"").content == "it's");
    CHECK(only("''").content == "");
    CHECK(only("''").kind == TokenKind::Text);
    CHECK_FALSE(only("'and'").is("and"));
    CHECK(only("and").is("and"));
  }

  TEST_CASE("numbers are decimal") {
    CHECK(only("0").number == 0);
    CHECK(only("-12.50").number == -12.5);
    CHECK(only("1e3").number == 1000);
    CHECK(only("2.5E-1").number == 0.25);
    CHECK(only("1e+2").number == 100);
    CHECK(contents("1.2.3") == std::vector<std::string>{"1.2", ".", "3"});
  }

  TEST_CASE("what is no token says why and where") {
    const auto bad = [](std::string_view text, size_t begin, std::string_view message) {
      Scanner scanner(text);
      Token token = scanner.next();
      while (token.kind != TokenKind::Bad && token.kind != TokenKind::End) token = scanner.next();
      CHECK_MESSAGE(token.kind == TokenKind::Bad, text);
      CHECK_MESSAGE(token.begin == begin, text);
      CHECK(token.content == message);
    };
    bad("a = b", 2, "'=' is no operator; '==' compares");
    bad("a & b", 2, "'&' is no operator; '&&' or 'and' joins conditions");
    bad("a | b", 2, "'|' is no operator; '||' or 'or' joins conditions");
    bad("a == - 1", 5, "'-' stands only before a digit");
    bad("a == 'b", 5, "the quote is never closed");
    bad("1a", 0, "the number has something else at its end");
    bad("1-2", 0, "the number has something else at its end");
    bad("0x1F", 0, "the number has something else at its end");
    bad("1e", 0, "the number has something else at its end");
    bad("a < 1e999", 4, "the number is out of range");
    bad("é", 0, "this character has no meaning outside quotes");
    bad(std::string_view("a\0b", 3), 1, "this character has no meaning outside quotes");
  }
}
