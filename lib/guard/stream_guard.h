#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/detector_set.h"
#include "guard/finding.h"
#include "guard/policy.h"
#include "guard/redactor.h"

namespace penstock::guard {

// The output rules on one text of a stream: the content of one choice, one part, one tool call's
// arguments. What comes out is what Policy::checkText() makes of the whole text, however it was
// cut.
//
//   text that may leave now = guard.feed(delta);        // may be empty
//   if (guard.refusal()) …                              // the stream ends with an error
//   rest = guard.finish();                              // at the text's end, before its last event
//
// Held back is what a match that blocks or redacts could still need: nothing in most prose, the
// beginning of a word that might be an address, kMaxMatch bytes at most (and the bytes of a
// character that is not complete). Deltas are valid UTF-8 together, not necessarily each. One
// thread at a time.
class StreamGuard {
 public:
  // Keeps the policy. `place` is for the findings: "/choices/0/delta/content".
  StreamGuard(std::shared_ptr<const Policy> policy, std::string place);
  StreamGuard(const StreamGuard&) = delete;
  StreamGuard& operator=(const StreamGuard&) = delete;

  std::string feed(std::string_view delta);
  std::string finish();

  // Set when a rule that blocks was met. Nothing of what it found has left or will; feed() and
  // finish() give nothing more.
  const std::optional<Refusal>& refusal() const { return refusal_; }
  // Whether anything was replaced so far: lists of tokens must not leave beside the text.
  bool changed() const { return redactor_.changed(); }
  std::vector<Finding> takeFindings() { return findings_.take(); }
  size_t heldBytes() const { return refusal_ ? 0 : buffer_.size() - redactor_.released(); }

 private:
  std::string advance(std::string_view text, TextEnd end);
  void forget();

  const std::shared_ptr<const Policy> policy_;
  const DetectorSet& set_;
  const std::string place_;
  TextScan scan_;
  Redactor redactor_;
  Findings findings_;
  std::optional<Refusal> refusal_;
  std::string buffer_;  // what is not decided, and a byte before it
  std::vector<Hit> hits_;
};

}  // namespace penstock::guard
