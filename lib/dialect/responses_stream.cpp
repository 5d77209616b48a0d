#include "dialect/responses_stream.h"

#include <algorithm>

#include "dialect/json_members.h"
#include "dialect/openai_usage.h"
#include "dialect/responses_errors.h"
#include "dialect/responses_usage.h"
#include "json/raw.h"

namespace penstock::dialect {

StreamPhase ResponsesRelay::feed(std::string_view bytes, std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  if (!lexer_.feed(bytes, each) && !ended()) fail(StreamFailure::Garbage);
  return phase_;
}

StreamPhase ResponsesRelay::finish(std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  static_cast<void>(lexer_.finish(each));
  if (!ended()) fail(StreamFailure::Truncated);
  return phase_;
}

void ResponsesRelay::onEvent(const http::SseEvent& event, std::string& out) {
  if (ended()) return;
  if (event.data.empty()) {
    if (released_) out.append(event.raw);
    return;
  }
  if (event.data == "[DONE]") return;  // some servers end on the chat dialect's word
  if (!json::scanObject(event.data, event_)) return fail(StreamFailure::Garbage);
  std::string type = textAt(event_, "type");
  if (type.empty()) type = event.name;
  countSequence();
  const Effect effect = effectOf(type);
  if (effect == Effect::Error) return onError(event, out);
  if (effect == Effect::Content) ++content_events_;
  if (effect != Effect::Lifecycle) release(out);
  if (effect == Effect::End) {
    emitEnd(event, out);
    phase_ = StreamPhase::Done;
    return;
  }
  (released_ ? out : held_).append(event.raw);
  if (held_.size() > kMaxHeldBytes) fail(StreamFailure::Garbage);
}

void ResponsesRelay::onError(const http::SseEvent& event, std::string& out) {
  upstream_error_ = parseResponsesError(event.data, 502);
  if (released_) out.append(event.raw);
  fail(StreamFailure::UpstreamError);
}

ResponsesRelay::Effect ResponsesRelay::effectOf(std::string_view type) {
  if (type == "error" || (type.empty() && event_.find("error") != nullptr)) return Effect::Error;
  if (scanAt(event_, "response", nested_)) {
    readResponse();
    if (type == "response.failed" || type == "response.cancelled") return Effect::Error;
    const bool end = type == "response.completed" || type == "response.incomplete";
    return end ? Effect::End : Effect::Lifecycle;
  }
  if (type.starts_with("response.output_item.")) return readItem(type);
  if (type.ends_with(".delta")) return readText(type);
  // Servers that send no deltas.
  if (type.ends_with(".done") && type.find("_part.") == std::string_view::npos)
    return Effect::Content;
  return Effect::Lifecycle;
}

void ResponsesRelay::readResponse() {
  if (std::string model = textAt(nested_, "model"); !model.empty()) model_ = std::move(model);
  if (std::string tier = findServiceTier(nested_); !tier.empty()) service_tier_ = std::move(tier);
  const auto usage = responsesUsage(nested_);
  if (usage.source != model::Usage::Source::None) usage_ = usage;
}

// A message or reasoning that begins is empty; a call has its name, and other items are tools that
// run already.
ResponsesRelay::Effect ResponsesRelay::readItem(std::string_view type) {
  if (type.ends_with(".done")) return Effect::Content;
  if (!scanAt(event_, "item", nested_)) return Effect::Lifecycle;
  const std::string kind = textAt(nested_, "type");
  if (kind == "message" || kind == "reasoning") return Effect::Lifecycle;
  if (kind == "function_call" || kind == "custom_tool_call") answering_ = true;
  output_.add(textAt(nested_, "name"));
  return Effect::Content;
}

ResponsesRelay::Effect ResponsesRelay::readText(std::string_view type) {
  const json::Member* delta = event_.find("delta");
  if (delta == nullptr || delta->kind != json::Kind::String || delta->value.size() <= 2)
    return Effect::Lifecycle;
  output_.add(delta->value.substr(1, delta->value.size() - 2));
  if (type.find("reasoning") == std::string_view::npos) answering_ = true;
  return Effect::Content;
}

void ResponsesRelay::countSequence() {
  const json::Member* number = event_.find("sequence_number");
  const auto sequence = number == nullptr ? std::nullopt : json::rawInteger(number->value);
  constexpr int64_t kMost = int64_t{1} << 53;
  sequence_ = std::clamp<int64_t>(sequence.value_or(sequence_), 0, kMost) + 1;
}

void ResponsesRelay::emitEnd(const http::SseEvent& event, std::string& out) {
  const json::Member* response = event_.find("response");
  if (keeps_) kept_ = response->value;
  const std::string trace = trace_ ? trace_() : "";
  if (trace.empty()) {
    out.append(event.raw);
    return;
  }
  const auto begin = static_cast<size_t>(response->value.data() - event.data.data());
  std::string data(event.data);
  const bool empty = json::rawEmpty(response->value);
  data.insert(begin + response->value.size() - 1, (empty ? "" : ",") + ("\"mlx:trace\":" + trace));
  http::appendSseEvent(out, event.name, data);
}

void ResponsesRelay::release(std::string& out) {
  if (released_) return;
  released_ = true;
  phase_ = StreamPhase::Streaming;
  out.append(held_);
  held_ = {};
}

void ResponsesRelay::fail(StreamFailure failure) {
  phase_ = StreamPhase::Failed;
  failure_ = failure;
}

}  // namespace penstock::dialect
