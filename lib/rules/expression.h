#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/explanation.h"
#include "rules/facts.h"
#include "rules/rule_error.h"

namespace penstock::rules {

struct Program;

constexpr size_t kMaxRuleLength = 4096;  // bytes

// A compiled condition of the policy `custom_rules`. Immutable; copies share what was compiled;
// any number of threads may use one.
//
// A value that is missing is null. Null is equal to null only, and different from all else; ordered
// comparisons, contains, starts_with and matches with it are false. Where a fact has another type
// than the rule needs, the comparison is false, `!=` and `not in` too. Text compares by bytes;
// lower() knows ASCII letters; len() counts characters of text and items of lists, null for null;
// `matches` searches (RE2), ^ and $ tie it to the ends.
class Expression {
 public:
  // Whether it is true for the facts; a value that is not true or false is not true. Total: there
  // are no errors. Allocates nothing itself (RE2 may, up to its bound, the first times).
  bool matches(const Facts& facts) const;

  // The same answer with its reasons; for dry runs and people.
  Explanation explain(const Facts& facts) const;

  // Of the variables that it names, whether or not an evaluation gets to them.
  FactGroups factGroups() const;

  const std::string& text() const;

 private:
  friend Result<Expression, RuleError> compile(std::string_view text);
  explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  std::shared_ptr<const Program> program_;
};

// Refuses what is not in the grammar (README.md), names no known variable or function, is out of
// bounds, or compares what can never be comparable. `matches` needs a literal pattern.
Result<Expression, RuleError> compile(std::string_view text);

}  // namespace penstock::rules
