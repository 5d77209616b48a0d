#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/aws_event_stream.h"
#include "dialect/chat_events.h"
#include "dialect/chat_request.h"
#include "json/value.h"

namespace penstock::dialect {

// Reads a ConverseStream. The usage comes after the stop reason and is the end. Events, deltas and
// blocks of kinds that are not known are passed over and named in a LossEvent. Calls of tools that a
// request writer made up are turned back: the JSON tool's become text, a custom tool's come whole
// when they end.
class BedrockEventReader final : public EventReader {
 public:
  explicit BedrockEventReader(AnswerContext context) : context_(std::move(context)) {}

  bool feed(std::string_view bytes, std::vector<ChatEvent>& events) override;
  // What an unfinished frame holds is not known.
  void finish(std::vector<ChatEvent>&) override {}

 private:
  enum class Kind : uint8_t { Tool, JsonTool, CustomTool };
  struct Call {
    Kind kind = Kind::Tool;
    std::string input;  // of a custom tool, as far as it has come
    bool any = false;   // a fragment has come
  };

  bool onFrame(const AwsFrame& frame);
  void onError(std::string_view type, std::string_view body);
  bool onEvent(std::string_view type, std::string_view payload);
  void onBlockStart(json::ValueRef event);
  void onBlockDelta(json::ValueRef event);
  void onReasoning(json::ValueRef reasoning);
  void onInput(int64_t index, std::string fragment);
  void onBlockStop(json::ValueRef event);
  void onMessageStop(json::ValueRef event);
  void onMetadata(json::ValueRef event);
  void lose(std::string_view what) { events_->push_back(LossEvent{std::string(what)}); }

  const AnswerContext context_;
  AwsEventStream frames_;
  std::vector<ChatEvent>* events_ = nullptr;  // of the feed() under way
  std::map<int64_t, Call> calls_;             // blocks that are open calls
  bool real_calls_ = false;
  bool finished_ = false;  // a stop reason has come
};

}  // namespace penstock::dialect
