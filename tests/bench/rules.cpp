// What a routing config of 100 rules costs a request that meets none of them: bench_rules. Prints
// as JSON the median nanoseconds of a pass over all, for rules of everyday forms and for patterns
// only, and what compiling them took.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "rules/expression.h"

using namespace penstock;

namespace {

constexpr size_t kRules = 100;

double nanosecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

// A request as the gateway has it: tags in a list, the rest at hand.
class RequestFacts final : public rules::Facts {
 public:
  rules::Value value(rules::Variable variable, std::string_view key) const override {
    using enum rules::Variable;
    switch (variable) {
      case Tag: return tag(key);
      case EndUser: return "user-4711";
      case Model: return "@production";
      case Stream: return false;
      case MaxTokens: return 512.0;
      case BudgetUsed: return 0.41;
      case CostEstimate: return 0.0031;
      case PromptTokens: return 812.0;
      default: return {};
    }
  }

 private:
  rules::Value tag(std::string_view key) const {
    for (const auto& [name, content] : tags_) {
      if (name == key) return std::string_view(content);
    }
    return {};
  }

  std::vector<std::pair<std::string, std::string>> tags_ = {
      {"environment", "production"}, {"feature", "summary"}, {"team", "search"}};
};

std::string everyday(size_t number) {
  const std::string n = std::to_string(number);
  switch (number % 5) {
    case 0: return "tags.team == 'team-" + n + "'";
    case 1: return "tags.team == 'team-" + n + "' and budget.used_pct >= 0.9";
    case 2: return "budget.used_pct >= 0.9 or cost.estimate_usd > " + n;
    case 3: return "tags.feature in ['a" + n + "', 'b', 'c'] and not request.stream";
    default: return "model starts_with '@test" + n + "' or request.prompt_tokens > 1000" + n;
  }
}

std::string pattern(size_t number) {
  return "model matches '^@(test|staging)-" + std::to_string(number) + "[a-z]+$'";
}

using Rules = std::vector<rules::Expression>;

Rules compileAll(std::string (*text)(size_t)) {
  Rules all;
  for (size_t i = 0; i < kRules; ++i) all.push_back(rules::compile(text(i)).value());
  return all;
}

size_t countMatches(const Rules& all, const rules::Facts& facts) {
  return static_cast<size_t>(
      std::ranges::count_if(all, [&](const auto& rule) { return rule.matches(facts); }));
}

// The median of many passes; rules that match would end a real one early, so there are none.
double nanosecondsAPass(const Rules& all) {
  constexpr int kSamples = 501, kPasses = 20;
  const RequestFacts facts;
  std::vector<double> samples;
  for (int sample = 0; sample < kSamples; ++sample) {
    const auto begin = std::chrono::steady_clock::now();
    for (int pass = 0; pass < kPasses; ++pass) {
      if (countMatches(all, facts) != 0) return -1;
    }
    samples.push_back(nanosecondsSince(begin) / kPasses);
  }
  std::ranges::nth_element(samples, samples.begin() + kSamples / 2);
  return samples[kSamples / 2];
}

}  // namespace

int main() {
  const auto begin = std::chrono::steady_clock::now();
  const Rules rules = compileAll(everyday);
  const double compiled = nanosecondsSince(begin);
  std::printf("{\"everyday_ns\":%.0f,\"patterns_ns\":%.0f,\"compile_ns\":%.0f}\n",
              nanosecondsAPass(rules), nanosecondsAPass(compileAll(pattern)), compiled);
}
