#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "rules/facts.h"

namespace penstock::test {

// A value that owns its text, and what a rule is to answer: a function of the facts, built beside
// the rule's text from the specification, sharing nothing with the product.
using Meant = std::variant<std::monostate, bool, double, std::string>;
using Meaning = std::function<Meant(const rules::Facts&)>;

struct RandomTerm {
  std::string text;
  Meaning meaning;
  bool is_condition = true;  // of type bool, as far as the checker can know
};

inline bool isTrue(const Meant& value) {
  const bool* truth = std::get_if<bool>(&value);
  return truth != nullptr && *truth;
}
inline bool isNull(const Meant& value) { return std::holds_alternative<std::monostate>(value); }

inline bool meansEqual(const Meant& a, const Meant& b) { return a == b; }
inline bool meansDifferent(const Meant& a, const Meant& b) {
  return a != b && (a.index() == b.index() || isNull(a) || isNull(b));
}
inline bool meansLess(const Meant& a, const Meant& b) {
  if (a.index() != b.index() || isNull(a) || std::holds_alternative<bool>(a)) return false;
  return a < b;
}
inline bool meansSame(const Meant& a, const Meant& b) {  // for <= and >=: equal and in an order
  return a == b && !isNull(a) && !std::holds_alternative<bool>(a);
}

// Rules that are valid by construction, following the grammar level by level.
class RandomRules {
 public:
  explicit RandomRules(std::mt19937& random) : random_(random) {}

  RandomTerm condition(int depth) {
    return joined(depth, {"||", "or"}, false, [this](int d) {
      return joined(d, {"&&", "and"}, true, [this](int e) { return negation(e); });
    });
  }

 private:
  enum class Kind { Bool, Number, Text };
  using Make = std::function<RandomTerm(int)>;

  size_t below(size_t bound) { return random_() % bound; }
  template <typename List>
  auto oneOf(const List& list) {
    return *(std::begin(list) + static_cast<long>(below(std::size(list))));
  }
  std::string space() { return oneOf(std::vector<std::string>{" ", "  ", "\n\t"}); }
  Kind kind() { return oneOf(std::vector{Kind::Bool, Kind::Number, Kind::Text}); }
  Kind orderedKind() { return oneOf(std::vector{Kind::Number, Kind::Text}); }

  // `neutral` is what an empty one would be: true for and, false for or.
  RandomTerm joined(int depth, std::vector<std::string> signs, bool neutral, const Make& make) {
    std::vector<RandomTerm> parts{make(depth)};
    while (depth > 0 && below(3) == 0 && parts.size() < 4) parts.push_back(make(depth - 1));
    if (parts.size() == 1) return parts.front();
    std::string text = parts.front().text;
    for (size_t i = 1; i < parts.size(); ++i) {
      text += space() + oneOf(signs) + space() + parts[i].text;
    }
    return {text, [parts, neutral](const rules::Facts& facts) -> Meant {
              const auto is_other = [&](const RandomTerm& part) {
                return isTrue(part.meaning(facts)) != neutral;
              };
              return std::ranges::any_of(parts, is_other) != neutral;
            }};
  }

  RandomTerm negation(int depth) {
    if (below(4) != 0) return comparison(depth);
    const RandomTerm inner = comparison(depth);
    return {oneOf(std::vector<std::string>{"!", "not ", "! "}) + inner.text,
            [inner](const rules::Facts& facts) -> Meant { return !isTrue(inner.meaning(facts)); }};
  }

  RandomTerm comparison(int depth) {
    switch (below(7)) {
      case 0: return anything(depth);
      case 1:
      case 2: return equality(depth);
      case 3: return ordered(depth);
      case 4: return listed(depth);
      case 5: return textual(depth);
      default: return matched(depth);
    }
  }

  RandomTerm binary(const RandomTerm& a, const std::string& sign, const RandomTerm& b,
                    std::function<bool(const Meant&, const Meant&)> meaning) {
    return {a.text + space() + sign + space() + b.text,
            [a, b, meaning = std::move(meaning)](const rules::Facts& facts) -> Meant {
              return meaning(a.meaning(facts), b.meaning(facts));
            }};
  }

  RandomTerm equality(int depth) {
    const Kind of = kind();
    const RandomTerm a = term(of, depth), b = term(of, depth);
    return below(2) == 0 ? binary(a, "==", b, meansEqual) : binary(a, "!=", b, meansDifferent);
  }

  RandomTerm ordered(int depth) {
    const Kind of = orderedKind();
    const RandomTerm a = term(of, depth), b = term(of, depth);
    const auto same = meansSame;
    const auto less = meansLess;
    switch (below(4)) {
      case 0: return binary(a, "<", b, less);
      case 1: return binary(a, ">", b, [=](auto& x, auto& y) { return less(y, x); });
      case 2: return binary(a, "<=", b, [=](auto& x, auto& y) { return less(x, y) || same(x, y); });
      default:
        return binary(a, ">=", b, [=](auto& x, auto& y) { return less(y, x) || same(x, y); });
    }
  }

  // in, not in, and contains with a list on its left.
  RandomTerm listed(int depth) {
    const Kind of = kind();
    const RandomTerm wanted = term(of, depth);
    std::vector<RandomTerm> items;
    while (below(4) != 0) items.push_back(term(of, depth - 1));
    std::string list = "[";
    for (size_t i = 0; i < items.size(); ++i) list += (i == 0 ? "" : ", ") + items[i].text;
    list += "]";
    const size_t form = below(3);
    const std::string text = form == 0   ? wanted.text + " in " + list
                             : form == 1 ? wanted.text + " not in" + list
                                         : list + "contains " + wanted.text;
    return {
        text, [=](const rules::Facts& facts) -> Meant {
          const Meant value = wanted.meaning(facts);
          const auto is = [&](const auto& item) { return meansEqual(value, item.meaning(facts)); };
          const auto is_not = [&](const auto& item) {
            return meansDifferent(value, item.meaning(facts));
          };
          return form == 1 ? std::ranges::all_of(items, is_not) : std::ranges::any_of(items, is);
        }};
  }

  RandomTerm textual(int depth) {
    const RandomTerm a = term(Kind::Text, depth), b = term(Kind::Text, depth);
    const bool anywhere = below(2) == 0;
    return binary(a, anywhere ? "contains" : "starts_with", b,
                  [anywhere](const Meant& whole, const Meant& part) {
                    const auto* x = std::get_if<std::string>(&whole);
                    const auto* y = std::get_if<std::string>(&part);
                    if (x == nullptr || y == nullptr) return false;
                    const size_t at = x->find(*y);
                    return anywhere ? at != std::string::npos : at == 0;
                  });
  }

  // Patterns whose meaning can be said otherwise.
  RandomTerm matched(int) {
    using Test = std::function<bool(const std::string&)>;
    static const std::vector<std::pair<std::string, Test>> kPatterns = {
        {"'^A'", [](const std::string& text) { return text.starts_with("A"); }},
        {"'a$'", [](const std::string& text) { return text.ends_with("a"); }},
        {"\"^(a|b)*$\"",
         [](const std::string& text) { return text.find_first_not_of("ab") == std::string::npos; }},
        {"''", [](const std::string&) { return true; }},
        {"'[0-9]'",
         [](const std::string& text) {
           return text.find_first_of("0123456789") != std::string::npos;
         }},
    };
    const RandomTerm variable = this->variable(Kind::Text);
    const auto pattern = oneOf(kPatterns);
    return {variable.text + " matches " + pattern.first,
            [variable, test = pattern.second](const rules::Facts& facts) -> Meant {
              const Meant value = variable.meaning(facts);
              const auto* text = std::get_if<std::string>(&value);
              return text != nullptr && test(*text);
            }};
  }

  RandomTerm term(Kind of, int depth) {
    const size_t form = below(depth > 0 ? 8 : 6);
    if (form < 3) return variable(of);
    if (form < 6) return literal(of);
    if (of == Kind::Bool && below(2) == 0) {
      const RandomTerm inner = condition(depth - 1);
      if (inner.is_condition) return {"(" + inner.text + ")", inner.meaning};
    }
    return call(of, depth - 1);
  }

  // Where a condition stands, but perhaps of another type.
  RandomTerm anything(int depth) {
    const Kind of = kind();
    RandomTerm some = term(of, depth);
    some.is_condition = of == Kind::Bool;
    return some;
  }

  RandomTerm call(Kind of, int depth) {
    const RandomTerm argument = term(of == Kind::Bool ? kind() : Kind::Text, depth);
    const char* const name = of == Kind::Bool ? "exists" : of == Kind::Number ? "len" : "lower";
    return {std::string(name) + "(" + argument.text + ")",
            [argument, of](const rules::Facts& facts) -> Meant {
              const Meant value = argument.meaning(facts);
              if (of == Kind::Bool) return !isNull(value);
              const auto* text = std::get_if<std::string>(&value);
              if (text == nullptr) return {};
              if (of == Kind::Text) return asciiLower(*text);
              double length = 0;
              for (const char c : *text) length += (c & 0xC0) == 0x80 ? 0 : 1;
              return length;
            }};
  }

  RandomTerm constant(std::string text, Meant value) {
    return {std::move(text), [value = std::move(value)](const rules::Facts&) { return value; }};
  }

  RandomTerm literal(Kind of) {
    if (below(8) == 0) return constant("null", {});
    if (of == Kind::Bool) return below(2) == 0 ? constant("true", true) : constant("false", false);
    if (of == Kind::Number) {
      static const std::vector<std::pair<std::string, double>> kNumbers = {
          {"0", 0}, {"-1", -1}, {"0.5", 0.5}, {"1e2", 100}, {"3", 3}, {"-0.0", 0}};
      const auto number = oneOf(kNumbers);
      return constant(number.first, number.second);
    }
    const std::string text = oneOf(texts());
    return constant("'" + text + "'", text);
  }

  RandomTerm variable(Kind of) {
    using rules::Variable;
    struct Named {
      std::string text;
      Variable variable;
      std::string key;
    };
    static const std::vector<Named> kBools = {
        {"request.stream", Variable::Stream, ""},
        {"request.has_tools", Variable::HasTools, ""},
        {"request['has_images']", Variable::HasImages, ""},
        {"provider.p1.healthy", Variable::ProviderHealthy, "p1"},
        {"provider['p-2'].healthy", Variable::ProviderHealthy, "p-2"}};
    static const std::vector<Named> kNumbers = {
        {"request.max_tokens", Variable::MaxTokens, ""},
        {"budget.used_pct", Variable::BudgetUsed, ""},
        {"budgets[\"it's\"].remaining_usd", Variable::OneBudgetRemaining, "it's"},
        {"latency.in.p50_ms", Variable::LatencyP50, "in"},
        {"time . hour", Variable::TimeHour, ""}};
    static const std::vector<Named> kTexts = {
        {"tags.team", Variable::Tag, "team"}, {"tags['ü x']", Variable::Tag, "ü x"},
        {"tags.not", Variable::Tag, "not"},   {"end_user", Variable::EndUser, ""},
        {"model", Variable::Model, ""},       {"budget.name", Variable::BudgetName, ""}};
    const Named chosen = oneOf(of == Kind::Bool ? kBools : of == Kind::Number ? kNumbers : kTexts);
    return {chosen.text, [chosen](const rules::Facts& facts) -> Meant {
              const rules::Value value = facts.value(chosen.variable, chosen.key);
              if (const auto* text = std::get_if<std::string_view>(&value)) {
                return std::string(*text);
              }
              if (const auto* number = std::get_if<double>(&value)) return *number;
              if (const auto* truth = std::get_if<bool>(&value)) return *truth;
              return {};
            }};
  }

 public:
  // Few, so that comparisons meet both outcomes.
  static const std::vector<std::string>& texts() {
    static const std::vector<std::string> kTexts = {"", "a", "A", "ab", "aB", "b", "é", "Aé", "a1"};
    return kTexts;
  }

 private:
  std::mt19937& random_;
};

// Any value for any variable, of the wrong type now and then, always the same for one seed.
class RandomFacts final : public rules::Facts {
 public:
  explicit RandomFacts(unsigned seed) : seed_(seed) {}

  rules::Value value(rules::Variable variable, std::string_view key) const override {
    std::mt19937 random(seed_ ^ static_cast<unsigned>(TextHash{}(key)) ^
                        (static_cast<unsigned>(variable) << 16));
    const auto of = random() % 10 == 0 ? random() % 4 : 3;
    if (of == 0) return {};
    if (of == 1 || isBool(variable)) return random() % 2 == 0;
    static constexpr double kNumbers[] = {-1, 0, 0.5, 1, 2, 3, 100, 1e300};
    if (of == 2 || !isText(variable)) return kNumbers[random() % std::size(kNumbers)];
    return std::string_view(RandomRules::texts()[random() % RandomRules::texts().size()]);
  }

 private:
  static bool isBool(rules::Variable variable) {
    using enum rules::Variable;
    return variable == Stream || variable == HasTools || variable == HasImages ||
           variable == ProviderHealthy;
  }
  static bool isText(rules::Variable variable) {
    using enum rules::Variable;
    return variable == Tag || variable == EndUser || variable == Model || variable == Project ||
           variable == BudgetName;
  }

  unsigned seed_;
};

}  // namespace penstock::test
