// libFuzzer on the rule language: whatever the text is, compiling it ends, its error points into
// it, and what compiles answers for facts made of the same bytes, the same way with its
// explanation.
#include <string_view>

#include "fuzz/targets.h"
#include "rules/expression.h"

namespace penstock::fuzz {
namespace {

// A value of any type for each variable, taken from the input.
class FactsOfBytes final : public penstock::rules::Facts {
 public:
  explicit FactsOfBytes(std::string_view bytes) : bytes_(bytes) {}

  penstock::rules::Value value(penstock::rules::Variable variable,
                               std::string_view key) const override {
    const size_t at = static_cast<size_t>(variable) + key.size();
    if (at >= bytes_.size()) return {};
    switch (bytes_[at] % 4) {
      case 0: return bytes_.size() % 2 == 0;
      case 1: return static_cast<double>(bytes_[at]);
      case 2: return bytes_.substr(at);
      default: return {};
    }
  }

 private:
  std::string_view bytes_;
};

}  // namespace

void rules(std::string_view bytes) {
  const auto rule = penstock::rules::compile(bytes);
  if (!rule) return require(rule.error().position <= bytes.size() && !rule.error().message.empty());
  const FactsOfBytes facts(bytes);
  require(rule->matches(facts) == rule->explain(facts).matched);
}

}  // namespace penstock::fuzz
