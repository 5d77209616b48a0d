#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rules/facts.h"

namespace penstock::test {

// Facts that a test sets; all others are missing. Remembers what it was asked for.
class GivenFacts final : public rules::Facts {
 public:
  using Asked = std::pair<rules::Variable, std::string>;

  GivenFacts& set(rules::Variable variable, rules::Value value) { return set(variable, "", value); }
  GivenFacts& set(rules::Variable variable, std::string key, rules::Value value) {
    values_[{variable, std::move(key)}] = value;
    return *this;
  }

  rules::Value value(rules::Variable variable, std::string_view key) const override {
    asked.emplace_back(variable, key);
    const auto found = values_.find({variable, std::string(key)});
    return found == values_.end() ? rules::Value() : found->second;
  }

  mutable std::vector<Asked> asked;

 private:
  std::map<Asked, rules::Value> values_;
};

}  // namespace penstock::test
