#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "guard/detector.h"
#include "guard/rule.h"

namespace penstock::guard {

// A detector at work for a rule.
struct SetEntry {
  Detector detector;
  size_t rule = 0;  // its place among the project's
  Action action = Action::Flag;
};

// All detectors that read one kind of text. Immutable, thread-safe.
//
// Ours are asked together first: one pass over a text tells that it holds nothing of interest. A
// project's own patterns are not in it, whose automata might outgrow their bound together.
class DetectorSet {
 public:
  enum class Origin : unsigned char { Builtin, Project };

  void add(SetEntry entry, Origin origin);
  void seal();  // after the last

  bool empty() const { return entries_.empty(); }
  std::span<const SetEntry> entries() const { return entries_; }

 private:
  friend class TextScan;
  std::vector<SetEntry> entries_;
  std::vector<size_t> builtin_, others_;  // places in entries_
  // Of the built-in ones together; absent: each is asked alone.
  std::optional<rules::Pattern> any_, any_beginning_;
};

struct Hit {
  size_t entry = 0;
  Span span;
};

// One text being read by all detectors of a set, which outlives it.
class TextScan {
 public:
  explicit TextScan(const DetectorSet& set) : set_(set), progress_(set.entries_.size()) {}

  // Reads on, as Detector::scan(). What was found since is appended, in no order.
  void scan(std::string_view text, TextEnd end, std::vector<Hit>& hits);

  // What begins before these is decided: for all detectors, and for those that change or end the
  // text.
  size_t decided() const;
  size_t decidedForRelease() const;

  // The text's first `bytes`, all decided, are gone.
  void drop(size_t bytes);

 private:
  bool skipTogether(std::string_view text, TextEnd end);
  void scanOne(size_t entry, std::string_view text, TextEnd end, std::vector<Hit>& hits);

  const DetectorSet& set_;
  std::vector<Progress> progress_;  // by entry
  std::vector<Span> found_;         // kept for its memory
};

}  // namespace penstock::guard
