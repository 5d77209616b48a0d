#include "dialect/anthropic_target.h"

#include <cstddef>
#include <optional>

namespace penstock::dialect {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// The next number of at most two digits in the name, 4 and 6 of "claude-opus-4-6-20260115"; dates
// are none.
std::optional<int> nextNumber(std::string_view& name) {
  while (!name.empty()) {
    if (!isDigit(name.front())) {
      name.remove_prefix(1);
      continue;
    }
    size_t digits = 0;
    int number = 0;
    for (; digits < name.size() && isDigit(name[digits]); ++digits)
      if (digits < 3) number = number * 10 + (name[digits] - '0');
    name.remove_prefix(digits);
    if (digits <= 2) return number;
  }
  return std::nullopt;
}

// 406 for 4.6; nothing for names without a version.
std::optional<int> versionOf(std::string_view model) {
  const size_t claude = model.find("claude-");
  if (claude == std::string_view::npos) return std::nullopt;
  model.remove_prefix(claude);
  if (const size_t revision = model.find("-v"); revision != std::string_view::npos)
    model = model.substr(0, revision);  // Bedrock's "-v1:0"
  const auto major = nextNumber(model);
  if (!major) return std::nullopt;
  return *major * 100 + nextNumber(model).value_or(0);
}

int64_t maxOutput(int version, bool opus) {
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  return opus && version < 405 ? 32'000 : 64'000;
}

}  // namespace

AnthropicTarget anthropicTargetOf(std::string_view model) {
  AnthropicTarget target{.model = std::string(model)};
  const auto version = versionOf(model);
  if (!version) return target;
  using Thinking = AnthropicTarget::Thinking;
  const int v = *version;
  target.max_output_tokens = maxOutput(v, model.find("opus") != std::string_view::npos);
  target.sampling = v < 407;
  target.one_sampling = v >= 401;
  target.thinking = v < 307   ? Thinking::None
                    : v < 406 ? Thinking::Budget
                    : v < 407 ? Thinking::Both
                              : Thinking::Adaptive;
  target.effort = v >= 406;
  target.output_format = v >= 405;
  target.system_messages = v >= 406;
  target.prefill = v < 406;
  target.user_first = v < 400;
  return target;
}

}  // namespace penstock::dialect
