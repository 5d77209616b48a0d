#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "dialect/chat_events.h"
#include "dialect/openai_answer_writer.h"
#include "dialect/openai_replay.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes an OpenAI chat stream. Thinking becomes "reasoning_content", and where it is signed or
// redacted a whole "thinking_blocks" entry when its signature comes, for the caller to send back.
// The finish chunk waits for the end, and with it mlx:trace and the usage that was asked for.
class OpenAiEventWriter final : public EventWriter {
 public:
  OpenAiEventWriter(AnswerHead head, UsageChunk usage)
      : head_(std::move(head)), usage_for_(usage) {}

  void write(const ChatEvent& event, std::string& out) override;
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }

 private:
  struct Call {
    int64_t index;
    ToolKind kind;
    bool empty = true;  // no arguments yet
  };

  void on(const StartEvent& event);
  void on(const TextDelta& event) { writeText("content", event.text); }
  void on(const RefusalDelta& event) { writeText("refusal", event.text); }
  void on(const ThinkingDelta& event);
  void on(const SignatureDelta& event);
  void on(const RedactedThinkingEvent& event);
  void on(const ToolStart& event);
  void on(const ArgumentsDelta& event);
  void on(const PartEnd&);
  void on(const FinishEvent& event) { stop_ = event.stop; }
  void on(const UsageEvent& event) { usage_ = event.usage; }
  void on(const TierEvent& event) { service_tier_ = openAiTier(event.service_tier); }
  void on(const PingEvent&);
  void on(const EndEvent&);
  void on(const ErrorEvent& event);
  void on(const LossEvent&) {}

  void begin();
  void fillEmptyCalls();
  void writeArguments(Call& call, std::string_view fragment);
  void writeText(std::string_view key, std::string_view text);
  void writeThinkingPart(const Part& part);
  json::Writer beginChunk();
  json::Writer beginDelta();
  void endDelta(json::Writer& chunk);
  void endChunk(json::Writer& chunk);

  const AnswerHead head_;
  const UsageChunk usage_for_;
  std::string* out_ = nullptr;  // of the write() under way
  bool begun_ = false;
  std::string id_, model_, service_tier_;
  std::function<std::string()> trace_;
  std::string thinking_;  // since the last signature
  std::map<int64_t, Call> calls_;
  Stop stop_;
  model::Usage usage_;
};

}  // namespace penstock::dialect
