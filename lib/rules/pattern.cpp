#include "rules/pattern.h"

#include <re2/re2.h>

#include <fmt/format.h>

namespace penstock::rules {

Result<Pattern, std::string> Pattern::compile(std::string_view text) {
  if (text.size() > kMaxLength) {
    return fmt::format("the pattern is longer than {} bytes", kMaxLength);
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  auto compiled = std::make_shared<re2::RE2>(std::string(text), options);
  if (!compiled->ok()) return fmt::format("the pattern is not valid: {}", compiled->error());
  return Pattern(std::move(compiled));
}

bool Pattern::isFoundIn(std::string_view text) const {
  if (text.data() == nullptr) text = "";  // RE2 takes no text for no match
  return compiled_->Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, nullptr,
                          0);
}

}  // namespace penstock::rules
