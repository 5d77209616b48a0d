#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "guard/builtin_group.h"
#include "guard/detector.h"
#include "guard/rule.h"

namespace penstock::guard {

// A detector at work for a rule.
struct SetEntry {
  Detector detector;
  size_t rule = 0;  // its place among the project's
  Action action = Action::Flag;
};

// All detectors that read one kind of text. Immutable once filled, thread-safe.
//
// A whole group of ours is asked together first. A project's own patterns are not, whose automata
// might outgrow their bound together; nor are some of a group.
class DetectorSet {
 public:
  void add(SetEntry entry);
  void addGroup(const BuiltinGroup& group, size_t rule, Action action);

  bool empty() const { return entries_.empty(); }
  std::span<const SetEntry> entries() const { return entries_; }

 private:
  friend class TextScan;
  struct Together {
    const BuiltinGroup* group;
    size_t begin, end;  // in entries_
  };
  std::vector<SetEntry> entries_;
  std::vector<Together> together_;
  std::vector<size_t> alone_;  // places in entries_
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
  bool skipTogether(const DetectorSet::Together& together, std::string_view text, TextEnd end);
  void scanOne(size_t entry, std::string_view text, TextEnd end, std::vector<Hit>& hits);

  const DetectorSet& set_;
  std::vector<Progress> progress_;  // by entry
  std::vector<Span> found_;         // kept for its memory
};

}  // namespace penstock::guard
