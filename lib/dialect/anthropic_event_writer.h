#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "dialect/chat_events.h"
#include "dialect/json_progress.h"
#include "dialect/tool_ids.h"

namespace penstock::dialect {

// Writes an Anthropic stream: message_start once, blocks with rising indexes of which one is open
// at a time, message_delta and message_stop at the end.
//
// A call stays open until its arguments are a whole JSON value: what comes meanwhile for others
// (interleaved parallel calls, text) waits and follows in blocks of its own.
class AnthropicEventWriter final : public EventWriter {
 public:
  struct Options {
    std::string id;              // for when the provider gives none
    std::string model;           // likewise
    int64_t input_estimate = 0;  // for message_start, when the usage is not known yet
  };
  explicit AnthropicEventWriter(Options options) : options_(std::move(options)) {}

  void write(const ChatEvent& event, std::string& out) override;
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }

 private:
  enum class Kind : uint8_t { Text, Thinking, Tool };
  // A block that is open or waits; only the latter keeps its content.
  struct Block {
    Kind kind = Kind::Text;
    int64_t call = 0;
    std::string id, name;
    std::string content;
    std::string signature = {};
  };

  void on(const StartEvent& event);
  void on(const TextDelta& event) { onText(Kind::Text, event.text); }
  void on(const RefusalDelta& event);
  void on(const ThinkingDelta& event) { onText(Kind::Thinking, event.text); }
  void on(const SignatureDelta& event);
  void on(const RedactedThinkingEvent& event);
  void on(const ToolStart& event);
  void on(const ArgumentsDelta& event);
  void on(const PartEnd&);
  void on(const FinishEvent& event) { stop_ = event.stop; }
  void on(const UsageEvent& event) { usage_ = event.usage; }
  void on(const TierEvent&) {}
  void on(const PingEvent&);
  void on(const EndEvent&);
  void on(const ErrorEvent& event);
  void on(const LossEvent&) {}

  void begin();
  void onText(Kind kind, const std::string& text);
  void enqueue(Block block);
  bool openIsBusy() const;
  void openWaiting();
  void open(Block block);
  void close();
  void writeContent(Kind kind, std::string_view text);
  void writeSignature(std::string_view signature);
  void writeDelta(std::string_view type, std::string_view key, std::string_view text);
  void emit(std::string_view name, std::string_view json);

  const Options options_;
  std::string* out_ = nullptr;  // of the write() under way
  bool begun_ = false;
  bool is_open_ = false;
  Block open_;
  JsonProgress arguments_;     // of the open call
  int64_t index_ = -1;         // of the open block, or the last
  std::deque<Block> waiting_;  // for the open one to be whole
  ToolIds ids_;
  std::string id_, model_;
  std::function<std::string()> trace_;
  bool refused_ = false;
  Stop stop_;
  model::Usage usage_;
};

}  // namespace penstock::dialect
