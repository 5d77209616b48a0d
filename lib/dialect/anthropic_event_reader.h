#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/anthropic_usage.h"
#include "dialect/chat_events.h"
#include "dialect/chat_request.h"
#include "http/sse.h"
#include "json/scan.h"

namespace penstock::dialect {

// Reads an Anthropic stream. Events, blocks and deltas of kinds that are not known are passed over
// and named in a LossEvent. Calls of tools that a request writer made up are turned back: the JSON
// tool's become text, a custom tool's come whole when they end.
class AnthropicEventReader final : public EventReader {
 public:
  explicit AnthropicEventReader(AnswerContext context) : context_(std::move(context)) {}

  bool feed(std::string_view bytes, std::vector<ChatEvent>& events) override;
  void finish(std::vector<ChatEvent>& events) override;

 private:
  enum class Block : uint8_t { Text, Thinking, Tool, JsonTool, CustomTool, Redacted, Unknown };

  bool onEvent(const http::SseEvent& event);
  void onMessageStart();
  void onBlockStart();
  void startTool(int64_t index, const json::ObjectIndex& block);
  void onBlockDelta();
  void onArguments(int64_t index, Block block, const json::ObjectIndex& delta);
  void onBlockStop();
  void onMessageDelta();
  void onError(std::string_view data);
  void readUsage(const json::ObjectIndex& object);
  void lose(std::string what) { events_->push_back(LossEvent{std::move(what)}); }
  int64_t blockIndex() const;

  template <typename Event>
  void emitText(const json::ObjectIndex& object, std::string_view key);

  const AnswerContext context_;
  http::SseLexer lexer_;
  std::vector<ChatEvent>* events_ = nullptr;  // of the feed() under way
  AnthropicUsage usage_;
  std::map<int64_t, Block> blocks_;  // those that are open
  std::string custom_;               // what has come of an open custom tool's call
  bool real_calls_ = false;
  json::ObjectIndex event_, nested_;  // reused
};

}  // namespace penstock::dialect
