#include "guard/detector_set.h"

#include <algorithm>
#include <string>
#include <utility>

namespace penstock::guard {
namespace {

constexpr rules::PatternLimits kTogether{.max_length = 256 << 10, .max_memory = 16 << 20};

}  // namespace

void DetectorSet::add(SetEntry entry, Origin origin) {
  (origin == Origin::Builtin ? builtin_ : others_).push_back(entries_.size());
  entries_.push_back(std::move(entry));
}

void DetectorSet::seal() {
  if (builtin_.size() < 2) {
    others_.insert(others_.end(), builtin_.begin(), builtin_.end());
    builtin_.clear();
    return;
  }
  std::string any, beginnings;
  for (const size_t i : builtin_) {
    const Detector& detector = entries_[i].detector;
    any += (any.empty() ? "(?:" : "|(?:") + detector.pattern() + ")";
    beginnings += (beginnings.empty() ? "" : "|") + detector.beginnings().value();
  }
  any_ = rules::Pattern::compile(any, kTogether).value();
  any_beginning_ = rules::Pattern::compile(tiedToEnd(beginnings), kTogether).value();
}

void TextScan::scan(std::string_view text, TextEnd end, std::vector<Hit>& hits) {
  if (!skipTogether(text, end)) {
    for (const size_t i : set_.builtin_) scanOne(i, text, end, hits);
  }
  for (const size_t i : set_.others_) scanOne(i, text, end, hits);
}

// True when no built-in detector can find anything yet; all have read on then.
bool TextScan::skipTogether(std::string_view text, TextEnd end) {
  if (set_.builtin_.empty()) return false;
  size_t from = text.size();
  for (const size_t i : set_.builtin_) {
    if (progress_[i].in_tail) return false;
    from = std::min(from, progress_[i].cursor);
  }
  if (set_.any_->find(text, from, text.size())) return false;
  const size_t undecided =
      end == TextEnd::Final ? text.size() : firstBeginning(*set_.any_beginning_, text, from);
  for (const size_t i : set_.builtin_) {
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
