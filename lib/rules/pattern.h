#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace penstock::rules {

// A compiled regular expression in RE2's syntax: matching takes time linear in the text, and memory
// up to a fixed bound (RE2 builds its automaton while it matches). Immutable; thread-safe.
class Pattern {
 public:
  static constexpr size_t kMaxLength = 512;
  static constexpr int64_t kMaxMemory = 1 << 20;

  // An error is a sentence for people. Nothing is logged.
  static Result<Pattern, std::string> compile(std::string_view text);

  // Whether it matches anywhere in the text; ^ and $ tie it to the ends.
  bool isFoundIn(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace penstock::rules
