// The events of a chat stream:
//
//   data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}
//   data:
//   {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}
//   data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
//   data: {"id":"c1","model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1}}
//   data: [DONE]
#include "dialect/openai_stream.h"

#include <functional>

#include "dialect/openai_usage.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kDone = "[DONE]";
constexpr std::string_view kDoneEvent = "data: [DONE]\n\n";

bool isPresent(const json::Member* member) {
  return member != nullptr && member->kind != json::Kind::Null;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// What leaves of a chunk: [0, cut_begin), [cut_end, insert_at), the insertion, the rest.
struct Edit {
  size_t cut_begin = 0, cut_end = 0, insert_at = 0;
  std::string_view trace;

  void apply(std::string_view text, size_t offset, std::string& out) const {
    out.append(text.substr(0, offset + cut_begin));
    out.append(text.substr(offset + cut_end, insert_at - cut_end));
    if (!trace.empty()) out.append(",\"mlx:trace\":").append(trace);
    out.append(text.substr(offset + insert_at));
  }
};

// The span of a member with one of its commas. The object has other members.
void cutMember(const json::ObjectIndex& object, const json::Member& member, Edit& edit) {
  const auto i = static_cast<size_t>(&member - &object[0]);
  const auto value = static_cast<size_t>(member.value.data() - object.text().data());
  edit.cut_begin = i > 0 ? member.comma : member.begin;
  edit.cut_end = i > 0 ? value + member.value.size() : object[1].comma + 1;
}

}  // namespace

StreamPhase StreamRelay::feed(std::string_view bytes, std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  if (!lexer_.feed(bytes, each) && !ended()) fail(StreamFailure::Garbage);
  return phase_;
}

StreamPhase StreamRelay::finish(std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  // Some servers end on "[DONE]" without its blank line.
  const std::string_view rest = lexer_.pending();
  if (rest.size() < 16 && rest.find(kDone) != std::string_view::npos)
    feed("\n\n", out);
  else if (!lexer_.finish(each) && !ended())
    fail(StreamFailure::Truncated);
  if (phase_ == StreamPhase::Done || failure_ == StreamFailure::UpstreamError) return phase_;
  if (!answered()) {
    if (!ended()) fail(StreamFailure::Truncated);
    return phase_;
  }
  failure_ = StreamFailure::None;
  release(out);
  out.append(kDoneEvent);
  phase_ = StreamPhase::Done;
  return phase_;
}

void StreamRelay::onEvent(const http::SseEvent& event, std::string& out) {
  if (ended()) return;
  if (event.data.empty()) {
    if (released_) out.append(event.raw);
  } else if (trimmed(event.data) == kDone) {
    onDone(event, out);
  } else if (!json::scanObject(event.data, chunk_)) {
    fail(StreamFailure::Garbage);
  } else if (isErrorEvent(event)) {
    onErrorEvent(event, out);
  } else {
    onChunk(event, out);
  }
}

bool StreamRelay::isErrorEvent(const http::SseEvent& event) const {
  return event.name == "error" || isPresent(chunk_.find("error"));
}

void StreamRelay::onErrorEvent(const http::SseEvent& event, std::string& out) {
  upstream_error_ = parseOpenAiError(event.data, 502);
  // An error may still bring usage to bill.
  if (const auto usage = findOpenAiUsage(chunk_); usage.source != model::Usage::Source::None) {
    usage_ = usage;
  }
  if (released_) out.append(event.raw);
  fail(StreamFailure::UpstreamError);
}

void StreamRelay::onDone(const http::SseEvent& event, std::string& out) {
  // A stream without a single choice is no answer, nor is one that neither said anything nor
  // finished.
  const bool says_nothing = !released_ && finished_.none();
  if (!seen_choice_ || says_nothing) return fail(StreamFailure::Truncated);
  release(out);
  out.append(event.raw);
  phase_ = StreamPhase::Done;
}

void StreamRelay::onChunk(const http::SseEvent& event, std::string& out) {
  const Chunk chunk = readChunk();
  if (stitch_ != nullptr) stitch_->add(chunk_);
  if (chunk.empty_choices && options_.usage == UsageFor::Accounting) return;
  if (chunk.content) release(out);
  if (released_) return emit(event, chunk, out);
  emit(event, chunk, held_);
  if (held_.size() > kMaxHeldBytes) fail(StreamFailure::Garbage);
}

StreamRelay::Chunk StreamRelay::readChunk() {
  Chunk chunk;
  if (model_.empty()) {
    if (const json::Member* model = chunk_.find("model")) {
      model_ = json::rawString(model->value).value_or("");
    }
  }
  const auto usage = findOpenAiUsage(chunk_);
  if (usage.source != model::Usage::Source::None) usage_ = usage;
  // The last word counts: the tier that was asked for can be given up on the way.
  if (std::string tier = findServiceTier(chunk_); !tier.empty()) service_tier_ = std::move(tier);
  const json::Member* choices = chunk_.find("choices");
  if (choices == nullptr || choices->kind != json::Kind::Array) return chunk;
  json::forEachElement(choices->value, [this, &chunk](std::string_view choice) {
    readChoice(choice, chunk);
    return true;
  });
  return chunk;
}

void StreamRelay::readChoice(std::string_view raw, Chunk& chunk) {
  if (!json::scanObject(raw, choice_)) return;
  chunk.empty_choices = false;
  seen_choice_ = true;
  for (const char* key : {"delta", "message"}) {
    const json::Member* delta = choice_.find(key);
    if (!isPresent(delta) || !readDelta(delta->value)) continue;
    chunk.content = true;
    ++content_events_;
  }
  if (const json::Member* text = choice_.find("text")) {
    if (countText("text", text->value)) chunk.content = answering_ = true;
  }
  if (!isPresent(choice_.find("finish_reason"))) return;
  const json::Member* index = choice_.find("index");
  const int64_t place = index != nullptr ? json::rawInteger(index->value).value_or(0) : 0;
  const bool before = answered();
  if (place >= 0 && place < static_cast<int64_t>(finished_.size())) {
    finished_.set(static_cast<size_t>(place));
  }
  chunk.content = true;
  if (!before && answered()) chunk.finishes = true;
}

// Whether a delta brings anything but its role. Names are not listed, so that new kinds of content
// (reasoning, annotations, audio) count too.
bool StreamRelay::readDelta(std::string_view raw) {
  if (!json::scanObject(raw, delta_)) return false;
  bool content = false;
  for (const json::Member& member : delta_) {
    if (member.key == "role" || !countText(member.key, member.value)) continue;
    content = true;
    if (!member.key.starts_with("reasoning")) answering_ = true;
  }
  return content;
}

// Adds a delta's member to the output's size; false when there is nothing in it.
bool StreamRelay::countText(std::string_view key, std::string_view raw) {
  switch (json::rawKind(raw)) {
    case json::Kind::String: output_.add(raw.substr(1, raw.size() - 2)); return raw.size() > 2;
    case json::Kind::Array:
    case json::Kind::Object: break;
    default: return false;
  }
  if (json::rawEmpty(raw)) return false;
  if (key == "tool_calls") {
    json::forEachElement(raw, [this](std::string_view call) {
      countToolCall(call);
      return true;
    });
  } else if (key == "function_call") {
    countToolCall(raw);
  } else if (key == "audio") {
    countAudio(raw);
  } else if (key == "content") {
    output_.add(raw);
  }
  return true;
}

// {"id":"…","data":"base64","transcript":"…"}
void StreamRelay::countAudio(std::string_view raw) {
  json::ObjectIndex audio;
  if (!json::scanObject(raw, audio)) return;
  if (const json::Member* data = audio.find("data")) {
    audio_bytes_ += static_cast<int64_t>(data->value.size());
  }
  if (const json::Member* transcript = audio.find("transcript")) output_.add(transcript->value);
}

// {"index":0,"id":"…","type":"function","function":{"name":"…","arguments":"…"}} or the inner
// object.
void StreamRelay::countToolCall(std::string_view raw) {
  json::ObjectIndex call;
  if (!json::scanObject(raw, call)) return;
  if (const json::Member* function = call.find("function")) return countToolCall(function->value);
  for (const char* key : {"name", "arguments"}) {
    const json::Member* text = call.find(key);
    if (text != nullptr && text->kind == json::Kind::String) {
      output_.add(text->value.substr(1, text->value.size() - 2));
    }
  }
}

void StreamRelay::release(std::string& out) {
  if (released_) return;
  released_ = true;
  phase_ = StreamPhase::Streaming;
  out.append(held_);
  held_ = {};
}

// The event as the caller may see it: without usage it did not ask for, with the trace at the end.
void StreamRelay::emit(const http::SseEvent& event, const Chunk& chunk, std::string& out) const {
  const json::Member* usage =
      options_.usage == UsageFor::Accounting ? chunk_.find("usage") : nullptr;
  const std::string trace = chunk.finishes && trace_ ? trace_() : std::string();
  if (usage == nullptr && trace.empty()) {
    out.append(event.raw);
    return;
  }
  Edit edit;
  edit.insert_at = chunk_.close();
  if (usage != nullptr) cutMember(chunk_, *usage, edit);
  edit.trace = trace;
  const std::less_equal<const char*> before;
  if (before(event.raw.data(), event.data.data()) &&
      before(event.data.data() + event.data.size(), event.raw.data() + event.raw.size())) {
    edit.apply(event.raw, static_cast<size_t>(event.data.data() - event.raw.data()), out);
    return;
  }
  std::string data;  // joined from several lines
  edit.apply(event.data, 0, data);
  http::appendSseEvent(out, event.name, data);
}

void StreamRelay::fail(StreamFailure failure) {
  phase_ = StreamPhase::Failed;
  failure_ = failure;
}

}  // namespace penstock::dialect
