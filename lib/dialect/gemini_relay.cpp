#include "dialect/gemini_relay.h"

#include <memory>

#include "dialect/gemini_event_reader.h"
#include "http/sse.h"
#include "json/scan.h"
#include "json/splice.h"

namespace penstock::dialect {
namespace {

// Writes nothing; sees the answer finish.
class FinishWatch final : public EventWriter {
 public:
  explicit FinishWatch(bool& finishing) : finishing_(finishing) {}
  void write(const ChatEvent& event, std::string&) override {
    if (std::holds_alternative<FinishEvent>(event)) finishing_ = true;
  }
  void setTrace(std::function<std::string()>) override {}

 private:
  bool& finishing_;
};

}  // namespace

GeminiRelay::GeminiRelay(GeminiFraming framing)
    : framing_(framing),
      understood_(std::make_unique<GeminiEventReader>(AnswerContext{}),
                  std::make_unique<FinishWatch>(finishing_), 0) {}

StreamPhase GeminiRelay::feed(std::string_view bytes, std::string& out) {
  if (ended()) return phase();
  const bool valid = chunks_.feed(bytes, [&](std::string_view chunk) { onChunk(chunk, out); });
  if (!valid && !ended()) garbage_ = true;
  return phase();
}

StreamPhase GeminiRelay::finish(std::string& out) {
  if (ended()) return phase();
  chunks_.finish([&](std::string_view chunk) { onChunk(chunk, out); });
  std::string nothing;
  if (!ended()) understood_.finish(nothing);
  if (phase() == StreamPhase::Done && framing_ == GeminiFraming::Array) out += "]";
  return phase();
}

void GeminiRelay::onChunk(std::string_view chunk, std::string& out) {
  if (ended()) return;
  finishing_ = false;
  std::string event, nothing;
  http::appendSseEvent(event, {}, chunk);
  understood_.feed(event, nothing);
  if (failure() == StreamFailure::Garbage) return;
  const bool adds_trace = finishing_ && !finished_ && trace_;
  finished_ = finished_ || finishing_;
  emit(adds_trace ? withTrace(chunk) : std::string(chunk), held_);
  if (released()) {
    out.append(held_);
    held_.clear();
  } else if (held_.size() > kMaxHeldBytes) {
    garbage_ = true;
  }
  // The provider's own error, which has just left, is the end.
  if (released() && failure() == StreamFailure::UpstreamError && framing_ == GeminiFraming::Array)
    out += "]";
}

void GeminiRelay::emit(std::string_view chunk, std::string& out) {
  if (framing_ == GeminiFraming::Sse) return http::appendSseEvent(out, {}, chunk);
  out.append(begun_ ? ",\r\n" : "[").append(chunk);
  begun_ = true;
}

std::string GeminiRelay::withTrace(std::string_view chunk) {
  json::ObjectIndex members;
  if (!json::scanObject(chunk, members) || members.find("mlx:trace") != nullptr)
    return std::string(chunk);
  json::Splicer splicer(members);
  splicer.appendMember("mlx:trace", trace_());
  return splicer.build().str();
}

}  // namespace penstock::dialect
