#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "dialect/chat_events.h"
#include "dialect/gemini_errors.h"

namespace penstock::dialect {

// Writes a Gemini stream: every chunk a whole response with the next parts, the last one with the
// reason to finish and the usage. Calls leave whole, in their order: text that comes amid one waits
// for no call, a call for its arguments to be a whole JSON value, at the latest the end.
class GeminiEventWriter final : public EventWriter {
 public:
  struct Options {
    std::string id;     // for when the provider gives none
    std::string model;  // likewise
    GeminiFraming framing = GeminiFraming::Sse;
  };
  explicit GeminiEventWriter(Options options) : options_(std::move(options)) {}

  void write(const ChatEvent& event, std::string& out) override;
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }

 private:
  struct Call {
    int64_t number = 0;
    Part part;
  };

  void on(const StartEvent& event);
  void on(const TextDelta& event) { writePart({.value = TextPart{event.text}}); }
  void on(const RefusalDelta& event);
  void on(const ThinkingDelta& event) { writePart({.value = ThinkingPart{event.text, {}}}); }
  void on(const SignatureDelta& event) { writePart({.value = ThinkingPart{{}, event.signature}}); }
  void on(const RedactedThinkingEvent& event) {
    writePart({.value = RedactedThinkingPart{event.data}});
  }
  void on(const ToolStart& event);
  void on(const ArgumentsDelta& event);
  void on(const PartEnd&) {}
  void on(const FinishEvent& event) { stop_ = event.stop; }
  void on(const UsageEvent& event) { usage_ = event.usage; }
  void on(const TierEvent&) {}
  void on(const PingEvent&) {}  // some SDKs read nothing but events
  void on(const EndEvent&);
  void on(const ErrorEvent& event);
  void on(const LossEvent&) {}

  enum class Last : uint8_t { No, Yes };
  void writePart(const Part& part);
  void writeWholeCalls();
  void writeCalls();
  void writeChunk(std::string_view parts, Last last);
  void emit(std::string_view json);

  const Options options_;
  std::string* out_ = nullptr;  // of the write() under way
  bool begun_ = false;
  bool refused_ = false;
  std::deque<Call> calls_;  // that have not left
  std::string id_, model_;
  std::function<std::string()> trace_;
  Stop stop_;
  model::Usage usage_;
};

}  // namespace penstock::dialect
