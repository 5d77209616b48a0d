#include "rules/pattern.h"

#include <re2/re2.h>

#include <fmt/format.h>

namespace penstock::rules {
namespace {

std::optional<PatternMatch> match(const re2::RE2& pattern, std::string_view text, size_t from,
                                  size_t to, re2::RE2::Anchor anchor) {
  if (text.data() == nullptr) text = "";  // RE2 takes no text for no match
  re2::StringPiece found;
  if (!pattern.Match({text.data(), text.size()}, from, to, anchor, &found, 1)) return std::nullopt;
  const auto begin = static_cast<size_t>(found.data() - text.data());
  return PatternMatch{begin, begin + found.size()};
}

}  // namespace

Result<Pattern, std::string> Pattern::compile(std::string_view text, PatternLimits limits) {
  if (text.size() > limits.max_length) {
    return fmt::format("the pattern is longer than {} bytes", limits.max_length);
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(limits.max_memory);
  auto compiled = std::make_shared<re2::RE2>(std::string(text), options);
  if (!compiled->ok()) return fmt::format("the pattern is not valid: {}", compiled->error());
  return Pattern(std::move(compiled));
}

bool Pattern::isFoundIn(std::string_view text) const {
  if (text.data() == nullptr) text = "";  // RE2 takes no text for no match
  return compiled_->Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, nullptr,
                          0);
}

std::optional<PatternMatch> Pattern::find(std::string_view text, size_t from, size_t to) const {
  return match(*compiled_, text, from, to, re2::RE2::UNANCHORED);
}

std::optional<PatternMatch> Pattern::matchAt(std::string_view text, size_t from, size_t to) const {
  return match(*compiled_, text, from, to, re2::RE2::ANCHOR_START);
}

}  // namespace penstock::rules
