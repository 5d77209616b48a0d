#include "rules/expression.h"

#include <fmt/format.h>

#include "rules/checker.h"
#include "rules/evaluator.h"
#include "rules/parser.h"
#include "rules/program.h"

namespace penstock::rules {

bool Expression::matches(const Facts& facts) const { return holds(*program_, facts, nullptr); }

Explanation Expression::explain(const Facts& facts) const {
  Explanation explanation;
  explanation.matched = holds(*program_, facts, &explanation);
  return explanation;
}

FactGroups Expression::factGroups() const { return program_->groups; }

const std::string& Expression::text() const { return program_->text; }

Result<Expression, RuleError> compile(std::string_view text) {
  if (text.size() > kMaxRuleLength) {
    return RuleError{fmt::format("the rule is longer than {} bytes", kMaxRuleLength),
                     kMaxRuleLength};
  }
  auto program = std::make_shared<Program>(text);
  if (auto error = parse(*program)) return *std::move(error);
  if (auto error = check(*program)) return *std::move(error);
  return Expression(std::move(program));
}

}  // namespace penstock::rules
