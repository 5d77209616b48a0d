#include "rules/evaluator.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <optional>

#include "rules/expression.h"
#include "support/fuzz.h"
#include "unit/rules/random_rule.h"

using namespace penstock;

namespace {

thread_local size_t allocations = 0;

}  // namespace

// The whole test binary counts its allocations, so that a test can ask for none. Not inlined, since
// g++ 12 would take malloc() and free() for a mismatch then.
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace {

std::string randomBytes(std::mt19937& random) {
  std::string text(random() % 40, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::string randomTokens(std::mt19937& random) {
  static constexpr std::array kTokens = {
      "tags", ".",  "team",    "[",      "]",   "'a'",      "\"b\"",       "(",     ")",    ",",
      "==",   "!=", "<",       "<=",     ">",   ">=",       "in",          "not",   "and",  "or",
      "&&",   "||", "!",       "exists", "len", "lower",    "starts_with", "model", "true", "null",
      "1",    "-2", "matches", "'('",    "=",   "contains", "budget",      "é",     "'",    "0.5"};
  std::string text;
  for (auto count = random() % 25; count > 0; --count) {
    text += kTokens[random() % kTokens.size()];
    if (random() % 4 != 0) text += ' ';
  }
  return text;
}

// A valid rule with a piece of it gone, doubled or overwritten.
std::string damaged(std::string text, std::mt19937& random) {
  const size_t at = random() % text.size(), length = random() % 6;
  switch (random() % 3) {
    case 0: return text.erase(at, length);
    case 1: return text.insert(at, text.substr(random() % text.size(), length));
    default: text[at] = static_cast<char>(random()); return text;
  }
}

// Whatever it is: a second try ends as the first, errors point into the text, and what compiles
// answers for any facts, the same way with its explanation.
void checkTotal(const std::string& text, std::mt19937& random) {
  const auto first = rules::compile(text), second = rules::compile(text);
  REQUIRE(first.has_value() == second.has_value());
  if (!first) {
    CHECK(first.error() == second.error());
    CHECK(first.error().position <= text.size());
    CHECK_FALSE(first.error().message.empty());
    return;
  }
  CHECK(first->factGroups() == second->factGroups());
  const test::RandomFacts facts(static_cast<unsigned>(random()));
  const bool answer = first->matches(facts);
  CHECK(second->matches(facts) == answer);
  CHECK(first->explain(facts).matched == answer);
}

}  // namespace

TEST_SUITE("rules/evaluator") {
  TEST_CASE("evaluation allocates nothing") {
    const auto rule = rules::compile(
        "not (tags.team in ['x', lower(end_user)] or [model, 'y'] contains end_user) and "
        "len(lower(model)) >= 0 and (lower(model) contains 'zzz') != true and exists(project)");
    REQUIRE(rule.has_value());
    const test::RandomFacts facts(7);
    rule->matches(facts);  // the facts set up their texts
    const size_t before = allocations;
    for (int i = 0; i < 100; ++i) rule->matches(facts);
    CHECK(allocations == before);
    CHECK(rule->explain(facts).findings.size() > 0);
    CHECK(allocations > before);  // they are counted
  }

  TEST_CASE("a pattern allocates nothing once it has seen its text") {
    const auto rule = rules::compile("model matches '^(gpt|claude)-[0-9]+'");
    REQUIRE(rule.has_value());
    const test::RandomFacts facts(7);
    rule->matches(facts);
    const size_t before = allocations;
    for (int i = 0; i < 100; ++i) rule->matches(facts);
    CHECK(allocations == before);
  }

  TEST_CASE("random bytes, tokens and damaged rules do no harm") {
    test::Fuzz fuzz(3000);
    test::RandomRules rules_of(fuzz.random);
    for (int round = 0; round < fuzz.rounds; ++round) {
      CAPTURE(round);
      for (const std::string& text : {randomBytes(fuzz.random), randomTokens(fuzz.random),
                                      damaged(rules_of.condition(3).text, fuzz.random)}) {
        CAPTURE(text);
        checkTotal(text, fuzz.random);
      }
    }
  }

  TEST_CASE("random rules mean what the specification says") {
    test::Fuzz fuzz(3000);
    test::RandomRules rules_of(fuzz.random);
    int matched = 0, evaluated = 0;
    for (int round = 0; round < fuzz.rounds; ++round) {
      const test::RandomTerm meant = rules_of.condition(4);
      if (meant.text.size() > rules::kMaxRuleLength) continue;
      CAPTURE(meant.text);
      const auto rule = rules::compile(meant.text);
      REQUIRE_MESSAGE(rule.has_value(), (rule ? "" : rule.error().message));
      for (int i = 0; i < 4; ++i) {
        const test::RandomFacts facts(static_cast<unsigned>(fuzz.random()));
        const bool answer = rule->matches(facts);
        CHECK(answer == test::isTrue(meant.meaning(facts)));
        CHECK(rule->explain(facts).matched == answer);
        matched += answer ? 1 : 0;
        ++evaluated;
      }
    }
    // Neither outcome is rare, so that the comparison above says something.
    if (evaluated > 1000) {
      CHECK(matched > evaluated / 5);
      CHECK(matched < evaluated * 4 / 5);
    }
  }
}
