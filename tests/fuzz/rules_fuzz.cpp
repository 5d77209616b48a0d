// libFuzzer on the rule language: whatever the text is, compiling it ends, its error points into
// it, and what compiles answers for facts made of the same bytes, the same way with its
// explanation.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rules/expression.h"

using namespace penstock;

namespace {

// A value of any type for each variable, taken from the input.
class FactsOfBytes final : public rules::Facts {
 public:
  explicit FactsOfBytes(std::string_view bytes) : bytes_(bytes) {}

  rules::Value value(rules::Variable variable, std::string_view key) const override {
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

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rule = rules::compile(text);
  if (!rule) {
    require(rule.error().position <= size && !rule.error().message.empty());
    return 0;
  }
  const FactsOfBytes facts(text);
  require(rule->matches(facts) == rule->explain(facts).matched);
  return 0;
}
