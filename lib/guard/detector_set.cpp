#include "guard/detector_set.h"

#include <algorithm>
#include <utility>

namespace penstock::guard {

void DetectorSet::add(SetEntry entry) {
  alone_.push_back(entries_.size());
  entries_.push_back(std::move(entry));
}

void DetectorSet::addGroup(const BuiltinGroup& group, size_t rule, Action action) {
  const size_t begin = entries_.size();
  for (const Detector& detector : group.detectors) entries_.push_back({detector, rule, action});
  together_.push_back({&group, begin, entries_.size()});
}

void TextScan::scan(std::string_view text, TextEnd end, std::vector<Hit>& hits) {
  for (const DetectorSet::Together& together : set_.together_) {
    if (skipTogether(together, text, end)) continue;
    for (size_t i = together.begin; i < together.end; ++i) scanOne(i, text, end, hits);
  }
  for (const size_t i : set_.alone_) scanOne(i, text, end, hits);
}

// True when none of the group can find anything yet; all have read on then.
bool TextScan::skipTogether(const DetectorSet::Together& together, std::string_view text,
                            TextEnd end) {
  size_t from = text.size();
  for (size_t i = together.begin; i < together.end; ++i) {
    if (progress_[i].in_tail) return false;
    from = std::min(from, progress_[i].cursor);
  }
  if (together.group->any.find(text, from, text.size())) return false;
  const size_t undecided = end == TextEnd::Final
                               ? text.size()
                               : firstBeginning(together.group->any_beginning, text, from);
  for (size_t i = together.begin; i < together.end; ++i) {
    progress_[i].cursor = std::max(progress_[i].cursor, undecided);
  }
  return true;
}

void TextScan::scanOne(size_t entry, std::string_view text, TextEnd end, std::vector<Hit>& hits) {
  found_.clear();
  set_.entries_[entry].detector.scan(text, end, progress_[entry], found_);
  for (const Span& span : found_) hits.push_back({entry, span});
}

size_t TextScan::decided() const {
  size_t place = std::string_view::npos;
  for (const Progress& progress : progress_) place = std::min(place, progress.cursor);
  return place;
}

size_t TextScan::decidedForRelease() const {
  size_t place = std::string_view::npos;
  for (size_t i = 0; i < progress_.size(); ++i) {
    if (set_.entries_[i].action != Action::Flag) place = std::min(place, progress_[i].cursor);
  }
  return place;
}

void TextScan::drop(size_t bytes) {
  for (Progress& progress : progress_) progress.cursor -= bytes;
}

}  // namespace penstock::guard
