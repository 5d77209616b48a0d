#include "rules/checker.h"

#include <doctest/doctest.h>

#include "rules/expression.h"

using namespace penstock;
using rules::RuleError;

namespace {

RuleError errorOf(std::string_view text) {
  const auto rule = rules::compile(text);
  REQUIRE_MESSAGE(!rule.has_value(), text);
  return rule.error();
}

}  // namespace

TEST_SUITE("rules/checker") {
  TEST_CASE("what can never be equal is refused at its operator") {
    CHECK(errorOf("'a' == 1") == RuleError{"'==' cannot compare text with a number", 4});
    CHECK(errorOf("true or request.stream != 'yes'") ==
          RuleError{"'!=' cannot compare true or false with text", 23});
    CHECK(errorOf("(1 < 2) == 'a'") == RuleError{"'==' cannot compare true or false with text", 8});
    CHECK(errorOf("len(model) == '3'") == RuleError{"'==' cannot compare a number with text", 11});
    CHECK(errorOf("lower(model) == 3") == RuleError{"'==' cannot compare text with a number", 13});
  }

  TEST_CASE("only numbers and text have an order") {
    CHECK(errorOf("request.stream < 3") ==
          RuleError{"'<' cannot compare true or false with a number", 15});
    CHECK(errorOf("'a' < 3") == RuleError{"'<' cannot compare text with a number", 4});
    CHECK(errorOf("tags.level >= 3") == RuleError{"'>=' cannot compare text with a number", 11});
    CHECK(errorOf("request.stream>=request.has_tools") ==
          RuleError{"'>=' orders numbers or text, not true or false", 14});
    CHECK(errorOf("exists(model) > null") ==
          RuleError{"'>' orders numbers or text, not true or false", 14});
  }

  TEST_CASE("lists stand where something is looked for, and hold what fits") {
    const char* const kPlace = "a list stands only right of 'in', left of 'contains', or in len()";
    CHECK(errorOf("['a']") == RuleError{kPlace, 0});
    CHECK(errorOf("true and []") == RuleError{kPlace, 9});
    CHECK(errorOf("[1] == [1]") == RuleError{kPlace, 0});
    CHECK(errorOf("[1] in [[1]]") == RuleError{kPlace, 0});
    CHECK(errorOf("1 in [[1]]") == RuleError{kPlace, 6});
    CHECK(errorOf("exists([])") == RuleError{kPlace, 7});
    CHECK(errorOf("[1] contains [1]") == RuleError{kPlace, 13});
    CHECK(errorOf("'a' in model") ==
          RuleError{"'in' looks in a list: ['a', 'b']; 'contains' looks in text", 7});
    CHECK(errorOf("tags.team in ['a', 3]") ==
          RuleError{"this item is a number, and what is looked for is text", 19});
    CHECK(errorOf("time.hour not in [1, '2']") ==
          RuleError{"this item is text, and what is looked for is a number", 21});
    CHECK(errorOf("[1] contains 'a'") ==
          RuleError{"this item is a number, and what is looked for is text", 1});
  }

  TEST_CASE("what works on text takes nothing else") {
    CHECK(errorOf("time.hour contains 1") ==
          RuleError{"'contains' works on text, and this is a number", 0});
    CHECK(errorOf("model contains 1") ==
          RuleError{"'contains' works on text, and this is a number", 15});
    CHECK(errorOf("model starts_with ['a']") ==
          RuleError{"'starts_with' works on text, and this is a list", 18});
    CHECK(errorOf("request.stream matches 'a'") ==
          RuleError{"'matches' works on text, and this is true or false", 0});
    CHECK(errorOf("len(time.hour) > 1") ==
          RuleError{"'len' works on text, and this is a number", 4});
    CHECK(errorOf("lower([]) == 'a'") == RuleError{"'lower' works on text, and this is a list", 6});
  }

  TEST_CASE("patterns are literal, valid and short") {
    CHECK(errorOf("model matches tags.a") == RuleError{"'matches' needs a pattern in quotes", 14});
    CHECK(errorOf("model matches 3") == RuleError{"'matches' needs a pattern in quotes", 14});
    CHECK(errorOf("model matches lower('a')") ==
          RuleError{"'matches' needs a pattern in quotes", 14});
    CHECK(errorOf("lower(model) matches 'a'") ==
          RuleError{"'matches' does not go with lower(); begin the pattern with (?i)", 0});
    CHECK(errorOf("model matches '(abc'") ==
          RuleError{"the pattern is not valid: missing ): (abc", 14});
    std::string many = "model matches 'a'";
    for (size_t i = 1; i < rules::kMaxPatterns; ++i) many += " or model matches 'a'";
    CHECK(rules::compile(many).has_value());
    CHECK(errorOf(many + " or model matches 'a'").message == "the rule has more than 32 patterns");
  }

  TEST_CASE("of several mistakes the leftmost is said") {
    CHECK(errorOf("1 == 'a' or 2 == 'b'").position == 2);
    CHECK(errorOf("len(1) == 'a'").position == 4);
    CHECK(errorOf("'a' == len(1)").position == 4);
  }

  TEST_CASE("null goes with everything") {
    for (const char* text :
         {"null == 1", "request.stream == null", "null < 'a'", "1 >= null", "null in [1, 'a']",
          "time.hour in [null]", "null contains 'a'", "model starts_with null", "len(null) == 0",
          "lower(null) == 'a'", "exists(null)", "null matches 'a'", "null"}) {
      CHECK_MESSAGE(rules::compile(text).has_value(), text);
    }
  }
}
