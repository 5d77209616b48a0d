#include "guard/stream_guard.h"

#include <algorithm>
#include <utility>

namespace penstock::guard {
namespace {

// Without the beginning of a character that is cut at the end.
std::string_view wholeCharacters(std::string_view text) {
  constexpr size_t kLongest = 4;
  for (size_t back = 1; back <= std::min(kLongest, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    size_t length = 1;
    if (byte >= 0xC0) length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    return length > back ? text.substr(0, text.size() - back) : text;
  }
  return text;
}

}  // namespace

StreamGuard::StreamGuard(std::shared_ptr<const Policy> policy, std::string place)
    : policy_(std::move(policy)),
      set_(policy_->texts(Phase::Output)),
      place_(std::move(place)),
      scan_(set_),
      redactor_(set_) {}

std::string StreamGuard::feed(std::string_view delta) {
  if (refusal_) return {};
  buffer_.append(delta);
  return advance(wholeCharacters(buffer_), TextEnd::More);
}

std::string StreamGuard::finish() {
  if (refusal_) return {};
  return advance(buffer_, TextEnd::Final);
}

std::string StreamGuard::advance(std::string_view text, TextEnd end) {
  hits_.clear();
  scan_.scan(text, end, hits_);
  const Hit* blocking = nullptr;
  for (const Hit& hit : hits_) {
    const SetEntry& entry = set_.entries()[hit.entry];
    if (!hit.span.continues) findings_.add(policy_->findingOf(entry, place_));
    if (entry.action == Action::Redact) redactor_.add(hit);
    if (entry.action != Action::Block) continue;
    if (blocking == nullptr || hit.span.begin < blocking->span.begin) blocking = &hit;
  }
  std::string released;
  if (blocking != nullptr) {
    refusal_ = policy_->refusalOf(set_.entries()[blocking->entry]);
    buffer_.clear();
    return released;
  }
  redactor_.release(text, std::min(scan_.decidedForRelease(), text.size()), released);
  forget();
  return released;
}

// Keeps a byte before what is undecided: patterns look back that far.
void StreamGuard::forget() {
  const size_t needed = std::min({scan_.decided(), redactor_.released(), buffer_.size()});
  // Moving a short rest for every token costs more than keeping it.
  if (needed <= kMaxMatch) return;
  const size_t dropped = needed - 1;
  buffer_.erase(0, dropped);
  scan_.drop(dropped);
  redactor_.drop(dropped);
}

}  // namespace penstock::guard
