#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guard/builtin.h"
#include "guard/rule.h"
#include "rules/pattern.h"

namespace penstock::guard {

enum class TextEnd : unsigned char { More, Final };  // whether more text may follow

// What was found, as a part of the text that was read.
struct Span {
  size_t begin = 0, end = 0;
  bool continues = false;  // the rest of the one before, which reached to the end of the text then
};

// How far one text was read by one detector.
struct Progress {
  size_t cursor = 0;     // what begins before it is decided
  bool in_tail = false;  // a match reached the end: what follows may belong to it
};

// Finds one kind of thing. Immutable, thread-safe.
//
// What is found depends on the text alone, not on how it arrives. Of every place in turn: the match
// that begins there, of at most kMaxMatch bytes; if there is one and the check agrees, it is taken
// and the next place is its end. A place is decided as soon as no text that may still follow can
// change the answer, so that a stream is held back from there on only.
class Detector {
 public:
  // Errors are sentences for people.
  static Result<Detector, std::string> ofPattern(std::string label, std::string_view pattern);
  static Result<Detector, std::string> ofKeywords(std::string label, const KeywordsRule& rule);
  // Of a row of builtin.h; throws std::logic_error when its pattern is none.
  static Detector ofBuiltin(const Builtin& builtin);

  const std::string& label() const { return label_; }  // "EMAIL"

  // Reads on. Offsets are of `text`, which holds at least one byte before the cursor unless that is
  // the beginning. Whole characters only.
  void scan(std::string_view text, TextEnd end, Progress& progress, std::vector<Span>& found) const;

  // Patterns for many detectors to be asked at once, see BuiltinGroup.
  const std::string& pattern() const { return pattern_text_; }
  const std::optional<std::string>& beginnings() const { return beginnings_text_; }

 private:
  static Result<Detector, std::string> make(std::string label, std::string pattern,
                                            rules::PatternLimits limits);
  explicit Detector(rules::Pattern pattern) : pattern_(std::move(pattern)) {}
  size_t firstUndecided(std::string_view text, TextEnd end, size_t from) const;
  std::optional<Span> next(std::string_view text, size_t from, size_t limit) const;
  std::optional<rules::PatternMatch> bounded(std::string_view text, rules::PatternMatch match,
                                             size_t searched) const;
  size_t skipTail(std::string_view text, size_t from) const;

  std::string label_, pattern_text_;
  std::optional<std::string> beginnings_text_;
  rules::Pattern pattern_;
  std::optional<rules::Pattern> beginnings_;  // without it every place may be a beginning
  Check check_ = nullptr;
  std::optional<std::bitset<256>> tail_;
};

// The first place of text[from…] from which on the text is a beginning of what `beginnings` (of
// prefixPattern()) stands for; text.size() when there is none. Looks back kMaxMatch bytes at most.
size_t firstBeginning(const rules::Pattern& beginnings, std::string_view text, size_t from);
// What to compile for firstBeginning().
std::string tiedToEnd(std::string_view beginnings);

}  // namespace penstock::guard
