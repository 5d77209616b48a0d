#include "guard/prefix_pattern.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rules/pattern.h"

using namespace penstock;
using guard::prefixPattern;

namespace {

bool isBeginning(const std::string& pattern, const std::string& text) {
  const auto beginnings = prefixPattern(pattern);
  REQUIRE_MESSAGE(beginnings, pattern);
  const auto compiled = rules::Pattern::compile("^(?:" + *beginnings + ")$",
                                                {.max_length = 100'000, .max_memory = 8 << 20});
  REQUIRE_MESSAGE(compiled, *beginnings);
  return compiled->isFoundIn(text);
}

}  // namespace

TEST_SUITE("guard/prefix_pattern") {
  TEST_CASE("every beginning of a match is one") {
    const struct {
      const char* pattern;
      const char* match;
    } cases[] = {
        {"abc", "abc"},
        {"ab+c", "abbbc"},
        {"a(b|cd)*e", "abcdcdbe"},
        {"(?:x|yz){2,3}w", "yzxyzw"},
        {"x{3}y{2,}z?", "xxxyyyz"},
        {"|ab", "ab"},
        {"(?i)pass(?-i)Word", "PASSWord"},
        {"(a(?i)b|c)d", "Cd"},
        {"(?i:key)=[^\\]\"x-z[:space:]]+;", "KEY=abc;"},
        {"[]a]+\\]", "]a]]"},
        {"(?P<year>\\d{4})-(?:\\d\\d)", "2024-05"},
        {"\\Bé\\x{e9}\\pL\\p{Greek}\\141\\.\\n", "ééZαa.\n"},
        {"^a$|^b\\z", "b"},
        {"a.{0,3}?b", "a..b"},
        {"a{,2}b", "a{,2}b"},
        {"({)", "{"},
        {"(?s).+b", "x\nb"},
    };
    for (const auto& c : cases) {
      INFO(std::string(c.pattern));
      const std::string match = c.match;
      REQUIRE(rules::Pattern::compile("^(?:" + std::string(c.pattern) + ")$")->isFoundIn(match));
      for (size_t i = 0; i <= match.size(); ++i) {
        if (i < match.size() && (match[i] & 0xC0) == 0x80) continue;  // within a character
        CHECK_MESSAGE(isBeginning(c.pattern, match.substr(0, i)), match.substr(0, i));
      }
    }
  }

  TEST_CASE("what cannot become a match is none") {
    CHECK_FALSE(isBeginning("abc", "b"));
    CHECK_FALSE(isBeginning("abc", "abcd"));
    CHECK_FALSE(isBeginning("ab+c", "abca"));
    CHECK_FALSE(isBeginning("\\d{2}-\\d", "12-34"));
    CHECK_FALSE(isBeginning("(?:foo|bar)baz", "fob"));
    CHECK_FALSE(isBeginning("x?y", "xx"));
  }

  TEST_CASE("syntax that is not taken apart is said to be so") {
    CHECK_FALSE(prefixPattern("\\Qa.b\\E"));
    std::string deep = "a";
    for (int i = 0; i < 60; ++i) deep = "(" + deep + ")";
    CHECK_FALSE(prefixPattern(deep));
    for (const char* broken : {"(", "[a", "\\", "a)", "(?P<x", "\\x{1"}) {
      CHECK_FALSE_MESSAGE(prefixPattern(broken), broken);
    }
  }
}
