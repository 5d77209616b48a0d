#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/event_filter.h"
#include "guard/finding.h"
#include "guard/policy.h"
#include "guard/stream_guard.h"

namespace penstock::guard {

// The output rules on a stream of chat events: a StreamGuard for each text, refusal, thinking and
// tool call's arguments. Held back is what theirs hold back, no other event waits. A text ends
// where an event says that something else begins; the arguments of calls that interleave are each a
// text of their own. One thread at a time.
class EventGuard final : public dialect::EventFilter {
 public:
  // What it finds goes to `findings`, which outlives it.
  EventGuard(std::shared_ptr<const Policy> policy, Findings& findings)
      : policy_(std::move(policy)), findings_(findings) {}

  void pass(const dialect::ChatEvent& event, std::vector<dialect::ChatEvent>& out) override;
  void finish(std::vector<dialect::ChatEvent>& out) override;
  const std::optional<ApiError>& refusal() const override { return refusal_; }

 private:
  enum class Prose : unsigned char { Text, Refusal, Thinking };

  void feed(Prose prose, std::string_view delta, std::vector<dialect::ChatEvent>& out);
  void feed(const dialect::ArgumentsDelta& delta, std::vector<dialect::ChatEvent>& out);
  std::unique_ptr<StreamGuard> open(const char* place) const;
  // Takes note of what the guard found in it.
  std::string checked(StreamGuard& guard, std::string text);
  void passProse(std::string text, std::vector<dialect::ChatEvent>& out) const;
  static void passArguments(int64_t call, std::string fragment,
                            std::vector<dialect::ChatEvent>& out);
  void closeProse(std::vector<dialect::ChatEvent>& out);
  void closeAll(std::vector<dialect::ChatEvent>& out);

  const std::shared_ptr<const Policy> policy_;
  Findings& findings_;
  std::optional<ApiError> refusal_;
  Prose prose_ = Prose::Text;
  std::unique_ptr<StreamGuard> prose_guard_;  // of the text that is open
  std::map<int64_t, std::unique_ptr<StreamGuard>> call_guards_;
};

}  // namespace penstock::guard
