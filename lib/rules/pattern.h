#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace penstock::rules {

// What a pattern may cost at most. Memory is of the automaton, which grows while it matches.
struct PatternLimits {
  size_t max_length = 512;  // bytes
  int64_t max_memory = 1 << 20;
};

// Where a match stands in its text.
struct PatternMatch {
  size_t begin = 0, end = 0;
  bool operator==(const PatternMatch&) const = default;
};

// A compiled regular expression in RE2's syntax: matching takes time linear in the text, and memory
// up to a fixed bound (RE2 builds its automaton while it matches). Immutable; thread-safe.
class Pattern {
 public:
  static constexpr size_t kMaxLength = PatternLimits{}.max_length;

  // An error is a sentence for people. Nothing is logged.
  static Result<Pattern, std::string> compile(std::string_view text, PatternLimits limits = {});

  // Whether it matches anywhere in the text; ^ and $ tie it to the ends.
  bool isFoundIn(std::string_view text) const;

  // The leftmost match within text[from, to), and the one that begins at `from`. What stands around
  // that part is seen by ^, $ and \b, but never matched. from ≤ to ≤ text.size().
  std::optional<PatternMatch> find(std::string_view text, size_t from, size_t to) const;
  std::optional<PatternMatch> matchAt(std::string_view text, size_t from, size_t to) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace penstock::rules
