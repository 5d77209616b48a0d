#include "dialect/anthropic_stream.h"

#include "dialect/anthropic_errors.h"
#include "dialect/json_members.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kStopEvent =
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

std::string_view typeOf(const json::ObjectIndex& object) {
  const json::Member* type = object.find("type");
  return type == nullptr ? std::string_view()
                         : json::rawPlainString(type->value).value_or(std::string_view());
}

}  // namespace

StreamPhase AnthropicRelay::feed(std::string_view bytes, std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  if (!lexer_.feed(bytes, each) && !ended()) fail(StreamFailure::Garbage);
  return phase_;
}

StreamPhase AnthropicRelay::finish(std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  static_cast<void>(lexer_.finish(each));
  if (ended()) return phase_;
  if (!finished_) {
    fail(StreamFailure::Truncated);
    return phase_;
  }
  out.append(kStopEvent);
  phase_ = StreamPhase::Done;
  return phase_;
}

void AnthropicRelay::onEvent(const http::SseEvent& event, std::string& out) {
  if (ended()) return;
  if (event.data.empty()) {
    if (released_) out.append(event.raw);
    return;
  }
  if (!json::scanObject(event.data, event_)) return fail(StreamFailure::Garbage);
  const std::string_view type = typeOf(event_);
  if (type == "error" || event.name == "error" || presentAt(event_, "error") != nullptr)
    return onError(event, out);
  const Effect effect = effectOf(type);
  // A stream that neither said anything nor finished is no answer.
  if (effect == Effect::Stop && !released_) return fail(StreamFailure::Truncated);
  if (effect == Effect::Content) ++content_events_;
  if (effect != Effect::Lifecycle) release(out);
  emit(event, effect, released_ ? out : held_);
  if (effect == Effect::Stop) phase_ = StreamPhase::Done;
  if (held_.size() > kMaxHeldBytes) fail(StreamFailure::Garbage);
}

void AnthropicRelay::onError(const http::SseEvent& event, std::string& out) {
  upstream_error_ = parseAnthropicError(event.data, 502);
  if (released_) out.append(event.raw);
  fail(StreamFailure::UpstreamError);
}

AnthropicRelay::Effect AnthropicRelay::effectOf(std::string_view type) {
  if (type == "content_block_delta") return readDelta();
  if (type == "content_block_start") return readBlock();
  if (type == "message_delta") return readMessageDelta();
  if (type == "message_stop") return Effect::Stop;
  if (type == "message_start") readMessage();
  return Effect::Lifecycle;
}

void AnthropicRelay::readUsage(const json::ObjectIndex& object) {
  const json::Member* usage = object.find("usage");
  if (usage == nullptr || usage->kind != json::Kind::Object) return;
  counts_.update(usage->value);
  usage_ = counts_.usage();
}

void AnthropicRelay::readMessage() {
  if (!scanAt(event_, "message", nested_)) return;
  if (const json::Member* model = nested_.find("model"))
    model_ = json::rawString(model->value).value_or("");
  readUsage(nested_);
}

// Adds what a block or delta holds to the output's size; false when it holds nothing. Members are
// not listed, so that new kinds of content count too.
bool AnthropicRelay::countText(const json::ObjectIndex& object) {
  bool content = false;
  for (const json::Member& member : object) {
    if (member.key == "type" || member.key == "id" || json::rawEmpty(member.value)) continue;
    const bool text = member.kind == json::Kind::String;
    if (!text && member.kind != json::Kind::Object && member.kind != json::Kind::Array) continue;
    if (text && member.value.size() <= 2) continue;
    content = true;
    if (member.key == "text") answering_ = true;
    // Signatures and citations are no output of the model's.
    if (member.key == "text" || member.key == "thinking" || member.key == "partial_json" ||
        member.key == "name" || member.key == "input")
      output_.add(text ? member.value.substr(1, member.value.size() - 2) : member.value);
  }
  return content;
}

AnthropicRelay::Effect AnthropicRelay::readBlock() {
  if (!scanAt(event_, "content_block", nested_)) return Effect::Lifecycle;
  if (typeOf(nested_) == "tool_use") answering_ = true;
  return countText(nested_) ? Effect::Content : Effect::Lifecycle;
}

AnthropicRelay::Effect AnthropicRelay::readDelta() {
  if (!scanAt(event_, "delta", nested_)) return Effect::Lifecycle;
  return countText(nested_) ? Effect::Content : Effect::Lifecycle;
}

AnthropicRelay::Effect AnthropicRelay::readMessageDelta() {
  readUsage(event_);
  if (!scanAt(event_, "delta", nested_)) return Effect::Lifecycle;
  const json::Member* reason = nested_.find("stop_reason");
  if (reason == nullptr || reason->kind != json::Kind::String) return Effect::Lifecycle;
  finished_ = true;
  return Effect::Finish;
}

void AnthropicRelay::emit(const http::SseEvent& event, Effect effect, std::string& out) const {
  if (effect != Effect::Finish || !trace_) {
    out.append(event.raw);
    return;
  }
  std::string data(event.data);
  data.insert(event_.close(), ",\"mlx:trace\":" + trace_());
  http::appendSseEvent(out, event.name, data);
}

void AnthropicRelay::release(std::string& out) {
  if (released_) return;
  released_ = true;
  phase_ = StreamPhase::Streaming;
  out.append(held_);
  held_ = {};
}

void AnthropicRelay::fail(StreamFailure failure) {
  phase_ = StreamPhase::Failed;
  failure_ = failure;
}

}  // namespace penstock::dialect
