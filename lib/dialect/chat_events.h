#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialect/chat_answer.h"
#include "dialect/openai_errors.h"
#include "model/usage.h"

namespace penstock::dialect {

// The typed chat model: a streamed answer as events. Deltas are never empty.

struct StartEvent {  // the first of a stream that says anything of itself; at most one
  std::string id, model;
};
struct TextDelta {
  std::string text;
};
struct RefusalDelta {
  std::string text;
};
struct ThinkingDelta {
  std::string text;
};
struct SignatureDelta {  // ends the thinking before it
  std::string signature;
};
struct RedactedThinkingEvent {
  std::string data;
};
// Calls are told apart by `call`, a number of the reader's; deltas of several may interleave. The
// name and id are whole. The fragments of a custom tool's call are its text, all others' JSON.
struct ToolStart {
  int64_t call = 0;
  std::string id, name;
  ToolKind kind = ToolKind::Function;
  std::string signature = {};  // Part::signature
};
struct ArgumentsDelta {
  int64_t call = 0;
  std::string fragment;
};
struct PartEnd {};  // the part that deltas belonged to is complete
struct FinishEvent {
  Stop stop;
};
struct UsageEvent {  // all that is known so far: replaces what was sent before
  model::Usage usage;
};
struct TierEvent {
  std::string service_tier;
};
struct PingEvent {};
struct EndEvent {};  // the provider says that the stream is complete
struct ErrorEvent {
  UpstreamError error;
  int status = 502;  // that the provider would have answered with, had it known in time
};
struct LossEvent {  // something came that has no place in the model
  std::string what;
};

using ChatEvent =
    std::variant<StartEvent, TextDelta, RefusalDelta, ThinkingDelta, SignatureDelta,
                 RedactedThinkingEvent, ToolStart, ArgumentsDelta, PartEnd, FinishEvent, UsageEvent,
                 TierEvent, PingEvent, EndEvent, ErrorEvent, LossEvent>;

// Makes events of a provider's stream. One a stream; bytes may be cut anywhere, the events do not
// depend on it.
class EventReader {
 public:
  virtual ~EventReader() = default;
  EventReader() = default;
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  // Appends to `events`. False: not a stream of this dialect, or beyond the limits.
  [[nodiscard]] virtual bool feed(std::string_view bytes, std::vector<ChatEvent>& events) = 0;
  // The body ended. An event that is cut there is none.
  virtual void finish(std::vector<ChatEvent>& events) = 0;
};

// Makes a caller's stream of events. One a stream.
class EventWriter {
 public:
  virtual ~EventWriter() = default;
  EventWriter() = default;
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  // Appends what it stands for to `out`: often nothing yet. EndEvent completes the stream and comes
  // at most once, after a FinishEvent; an ErrorEvent ends it as well.
  virtual void write(const ChatEvent& event, std::string& out) = 0;
  // Makes the raw JSON of mlx:trace for the event that ends the answer, when that is written.
  virtual void setTrace(std::function<std::string()> render) = 0;
  // As ChatStream's.
  virtual int64_t nextSequence() const { return 0; }
  virtual void keepResponse() {}
  virtual std::string takeResponse() { return {}; }
};

}  // namespace penstock::dialect
