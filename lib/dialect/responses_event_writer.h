#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/chat_events.h"
#include "dialect/responses_object.h"
#include "dialect/responses_output.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes a Responses stream: the response as created, its items in the order in which they begin,
// each added, told in deltas and done, the response as it ended. Ids and indexes are the same in
// all events of an item.
//
// One message or one reasoning is open at a time, until something else begins. Calls stay open
// until their arguments are a whole JSON value and their end is told or something else begins:
// parallel calls may interleave. What is open when the limit of the answer cuts it is incomplete.
// An error is told by the event "error" and by the response as failed, with what had come of it:
// clients look at one or the other.
class ResponsesEventWriter final : public EventWriter {
 public:
  explicit ResponsesEventWriter(ResponsesHead head) : head_(std::move(head)) {}

  void write(const ChatEvent& event, std::string& out) override;
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }
  int64_t nextSequence() const override { return sequence_; }
  void keepResponse() override { keeps_ = true; }
  std::string takeResponse() override { return std::move(kept_); }

 private:
  using Kind = OutputItem::Kind;
  using Content = OutputItem::Content;
  static constexpr size_t kNone = static_cast<size_t>(-1);

  void on(const StartEvent& event);
  void on(const TextDelta& event) { say(Content::Kind::Text, event.text); }
  void on(const RefusalDelta& event) { say(Content::Kind::Refusal, event.text); }
  void on(const ThinkingDelta& event);
  void on(const SignatureDelta& event);
  void on(const RedactedThinkingEvent& event);
  void on(const ToolStart& event);
  void on(const ArgumentsDelta& event);
  void on(const PartEnd&);
  void on(const FinishEvent& event) { stop_ = event.stop; }
  void on(const UsageEvent& event) { usage_ = event.usage; }
  void on(const TierEvent& event);
  void on(const PingEvent&);
  void on(const EndEvent&);
  void on(const ErrorEvent& event);
  void on(const LossEvent&) {}

  void begin();
  void say(Content::Kind kind, const std::string& text);
  size_t open(OutputItem item);
  bool isWhole(size_t place) const;
  void settle();
  void close(size_t place, ItemStatus status);
  void closeContent(size_t place);
  void closeSummary(size_t place);
  void closeCall(size_t place);
  bool isOpen(size_t place) const {
    return place < items_.size() && items_[place].status == ItemStatus::InProgress;
  }
  bool isOpenAs(Kind kind) const { return isOpen(active_) && items_[active_].kind == kind; }

  // Writers of one event: begins it, with the members that its kind has.
  json::Writer beginEvent(std::string_view type);
  json::Writer beginItemEvent(std::string_view type, size_t place);
  void endEvent(json::Writer& event);
  void writeItem(std::string_view type, size_t place);
  void writeResponse(std::string_view type, ResponsesObject response);
  ResponsesObject response(ResponsesObject::Status status) const;

  const ResponsesHead head_;
  std::string* out_ = nullptr;  // of the write() under way
  bool begun_ = false;
  int64_t sequence_ = 0;
  std::string id_, model_, service_tier_;
  std::function<std::string()> trace_;
  bool keeps_ = false;
  std::string kept_;
  std::vector<OutputItem> items_;
  size_t active_ = kNone;            // the item that the last delta belonged to
  bool part_ended_ = false;          // and the part of it is complete
  std::map<int64_t, size_t> calls_;  // by the reader's number
  Stop stop_;
  model::Usage usage_;
};

}  // namespace penstock::dialect
