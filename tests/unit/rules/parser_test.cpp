#include "rules/parser.h"

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

bool compiles(std::string_view text) { return rules::compile(text).has_value(); }

std::string repeat(std::string_view piece, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; ++i) text += piece;
  return text;
}

}  // namespace

TEST_SUITE("rules/parser") {
  TEST_CASE("what is missing is said, with its position") {
    CHECK(errorOf("") == RuleError{"a value is expected, not the end", 0});
    CHECK(errorOf("  ") == RuleError{"a value is expected, not the end", 2});
    CHECK(errorOf("model ==") == RuleError{"a value is expected, not the end", 8});
    CHECK(errorOf("true and ") == RuleError{"a value is expected, not the end", 9});
    CHECK(errorOf("true and or true") == RuleError{"a value is expected, not or", 9});
    CHECK(errorOf("not not true") == RuleError{"a value is expected, not not", 4});
    CHECK(errorOf("(true") == RuleError{"')' is expected, not the end", 5});
    CHECK(errorOf("model in ['a' 'b']") == RuleError{"']' is expected, not 'b'", 14});
    CHECK(errorOf("model in ['a',]") == RuleError{"a value is expected, not ]", 14});
    CHECK(errorOf("model not 'a'") == RuleError{"'in' is expected, not 'a'", 10});
    CHECK(errorOf("tags. == 'a'") == RuleError{"a name is expected, not ==", 6});
    CHECK(errorOf("tags[team] == 'a'") == RuleError{"a quoted name is expected, not team", 5});
    CHECK(errorOf("tags['a' == 'a'") == RuleError{"']' is expected, not ==", 9});
  }

  TEST_CASE("what is left over is refused") {
    CHECK(errorOf("true true") == RuleError{"unexpected true", 5});
    CHECK(errorOf("1 < 2 < 3") == RuleError{"unexpected <", 6});
    CHECK(errorOf("model == 'a' AND true") == RuleError{"unexpected AND", 13});
    CHECK(errorOf("true)") == RuleError{"unexpected )", 4});
    CHECK(errorOf("len(model) . a") == RuleError{"unexpected .", 11});
  }

  TEST_CASE("unknown names are refused with what there is") {
    CHECK(errorOf("true or request.streams") ==
          RuleError{"there is no variable request.streams; known: request.stream, "
                    "request.max_tokens, request.temperature, request.has_tools, "
                    "request.has_images, request.prompt_tokens",
                    8});
    CHECK(errorOf("tags == 'a'") == RuleError{"there is no variable tags; known: tags.<name>", 0});
    CHECK(errorOf("tags.a.b == 'a'") ==
          RuleError{"there is no variable tags.a.b; known: tags.<name>", 0});
    CHECK(errorOf("end_user.id == 'a'").message.starts_with("there is no variable end_user.id"));
    CHECK(errorOf("provider.a == 'a'").message.starts_with("there is no variable provider.a;"));
    CHECK(errorOf("team == 'a'").message.starts_with("there is no variable team; known: tags.<n"));
    CHECK(errorOf("model == upper(model)") ==
          RuleError{"there is no function upper(); known: exists(), len(), lower()", 9});
    CHECK(errorOf("len()") == RuleError{"len() takes one value, not 0", 0});
    CHECK(errorOf("true && exists(model, project)") ==
          RuleError{"exists() takes one value, not 2", 8});
  }

  TEST_CASE("a long piece is quoted in part, between its characters") {
    const std::string name = "tags['" + repeat("é", 100) + "'].a";
    CHECK(errorOf(name) ==
          RuleError{"there is no variable tags['" + repeat("é", 27) + "…; known: tags.<name>", 0});
  }

  TEST_CASE("words are names where no operator can stand") {
    CHECK(compiles("tags.in == 'a' and tags.not in ['b'] or tags.true contains tags.and"));
    CHECK(compiles("tags . team == 'a'\n\tand\r\ntags [ 'b' ] == 'c'"));
    CHECK(compiles("tags['']=='' and budgets.\"a\".used_pct>1") == false);
    CHECK(compiles("tags['']=='' and budgets[\"a'b\"].used_pct>1"));
  }

  TEST_CASE("length, depth and lists are bounded") {
    const auto padded = [](size_t size) { return "true" + std::string(size - 4, ' '); };
    CHECK(compiles(padded(rules::kMaxRuleLength)));
    CHECK(errorOf(padded(rules::kMaxRuleLength + 1)) ==
          RuleError{"the rule is longer than 4096 bytes", 4096});

    const auto nested = [](size_t depth) {
      return repeat("(", depth) + "true" + repeat(")", depth);
    };
    CHECK(compiles(nested(rules::kMaxDepth)));
    CHECK(errorOf(nested(rules::kMaxDepth + 1)) ==
          RuleError{"it is nested deeper than 32 levels", 32});
    CHECK(errorOf(repeat("exists(", 33) + "1" + repeat(")", 33)).position == 32 * 7 + 6);
    CHECK(errorOf(repeat("[", 4096)).message == "it is nested deeper than 32 levels");
    CHECK(compiles(repeat("(true) and ", 300) + "true"));  // beside each other is not nested

    const auto list = [](size_t items) { return "1 in [" + repeat("2,", items - 1) + "2]"; };
    CHECK(compiles(list(rules::kMaxListItems)));
    CHECK(errorOf(list(rules::kMaxListItems + 1)) ==
          RuleError{"the list has more than 256 items", 6 + 2 * 256});
  }
}
