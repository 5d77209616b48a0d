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
}
