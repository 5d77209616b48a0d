#include "rules/pattern.h"

#include <doctest/doctest.h>

using namespace penstock::rules;

TEST_SUITE("rules/pattern") {
  TEST_CASE("it is found anywhere unless it is tied to the ends") {
    const auto pattern = Pattern::compile("b+c");
    REQUIRE(pattern.has_value());
    CHECK(pattern->isFoundIn("abbcd"));
    CHECK_FALSE(pattern->isFoundIn("acb"));
    CHECK_FALSE(pattern->isFoundIn(""));
    CHECK_FALSE(Pattern::compile("^b+c$")->isFoundIn("abbc"));
    CHECK(Pattern::compile("^$")->isFoundIn(std::string_view()));
    CHECK(Pattern::compile("^.$")->isFoundIn("é"));
    CHECK_FALSE(Pattern::compile("^.*$")->isFoundIn("\xff\xfe"));  // not UTF-8: no match, no error
  }

  TEST_CASE("what RE2 does not take is refused") {
    CHECK(Pattern::compile("a(?=b)").error() ==
          "the pattern is not valid: invalid perl operator: (?=");
    CHECK(Pattern::compile("*").error().starts_with("the pattern is not valid: "));
    CHECK(Pattern::compile("\xff").error().starts_with("the pattern is not valid: "));
  }

  TEST_CASE("length and memory are bounded") {
    CHECK(Pattern::compile(std::string(512, 'a')).has_value());
    CHECK(Pattern::compile(std::string(513, 'a')).error() ==
          "the pattern is longer than 512 bytes");
    CHECK_FALSE(Pattern::compile("((((a{30}){30}){30}){30})").has_value());
    CHECK_FALSE(Pattern::compile("(\\pL{500}){2}").has_value());
  }

  TEST_CASE("no text makes one slow that is hard for backtracking") {
    const auto pattern = Pattern::compile("^(a+)+(b|a)*(a|aa)+$");
    REQUIRE(pattern.has_value());
    CHECK_FALSE(pattern->isFoundIn(std::string(100'000, 'a') + "c"));
    // More states than the bound has room for: RE2 starts its cache anew and still answers.
    const auto wide = Pattern::compile("[ab]*a[ab]{60}c");
    REQUIRE(wide.has_value());
    std::string text;
    for (unsigned i = 0, bits = 1; i < 200'000; ++i, bits = bits * 1664525 + 1013904223) {
      text += (bits >> 31) != 0 ? 'a' : 'b';
    }
    CHECK_FALSE(wide->isFoundIn(text));
    CHECK(wide->isFoundIn(text + "a" + std::string(60, 'b') + "c"));
  }

  TEST_CASE("a match has a place, and what stands around the part that is searched counts") {
    const auto pattern = Pattern::compile("\\bb+");
    CHECK(pattern->find("a bb b", 0, 6) == PatternMatch{2, 4});
    CHECK(pattern->find("a bb b", 3, 6) == PatternMatch{5, 6});
    CHECK(pattern->find("a bb b", 0, 3) == PatternMatch{2, 3});
    CHECK_FALSE(pattern->find("a bb b", 3, 5));
    CHECK(pattern->matchAt("a bb b", 2, 6) == PatternMatch{2, 4});
    CHECK_FALSE(pattern->matchAt("a bb b", 1, 6));
    CHECK_FALSE(Pattern::compile("a$")->find("ab", 0, 1));
    CHECK(Pattern::compile("^")->find({}, 0, 0) == PatternMatch{0, 0});
  }
}
