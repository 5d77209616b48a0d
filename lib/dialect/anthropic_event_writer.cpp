#include "dialect/anthropic_event_writer.h"

#include <algorithm>

#include "dialect/anthropic_answer_writer.h"
#include "dialect/anthropic_errors.h"
#include "dialect/anthropic_usage.h"
#include "http/sse.h"
#include "json/writer.h"

namespace penstock::dialect {

void AnthropicEventWriter::write(const ChatEvent& event, std::string& out) {
  out_ = &out;
  std::visit([this](const auto& one) { on(one); }, event);
}

void AnthropicEventWriter::emit(std::string_view name, std::string_view json) {
  http::appendSseEvent(*out_, name, json);
}

void AnthropicEventWriter::on(const StartEvent& event) {
  if (begun_) return;
  id_ = event.id;
  model_ = event.model;
  begin();
}

void AnthropicEventWriter::begin() {
  if (begun_) return;
  begun_ = true;
  model::Usage usage = usage_;
  if (usage.source == model::Usage::Source::None) usage.input_uncached = options_.input_estimate;
  std::string json;
  json::Writer out(json);
  out.beginObject().field("type", "message_start").key("message").beginObject();
  out.field("id", anthropicId(id_, options_.id)).field("type", "message");
  out.field("role", "assistant").field("model", model_.empty() ? options_.model : model_);
  out.key("content").beginArray().endArray().key("stop_reason").null();
  out.key("stop_sequence").null().key("usage");
  writeAnthropicUsage(out, usage);
  out.endObject().endObject();
  emit("message_start", json);
}

// Whether the open block is a call that may go on.
bool AnthropicEventWriter::openIsBusy() const {
  return is_open_ && open_.kind == Kind::Tool && !arguments_.whole();
}

// Opens a block, or lets it wait its turn.
void AnthropicEventWriter::enqueue(Block block) {
  begin();
  waiting_.push_back(std::move(block));
  if (!openIsBusy()) openWaiting();
}

// The waiting blocks, until one is open that may go on.
void AnthropicEventWriter::openWaiting() {
  while (!waiting_.empty()) {
    close();
    Block next = std::move(waiting_.front());
    waiting_.pop_front();
    open(std::move(next));
    if (openIsBusy()) return;
  }
}

void AnthropicEventWriter::open(Block block) {
  ++index_;
  std::string json;
  json::Writer out(json);
  out.beginObject().field("type", "content_block_start").field("index", index_);
  out.key("content_block").beginObject();
  switch (block.kind) {
    case Kind::Text: out.field("type", "text").field("text", ""); break;
    case Kind::Thinking:
      out.field("type", "thinking").field("thinking", "").field("signature", "");
      break;
    case Kind::Tool:
      out.field("type", "tool_use").field("id", ids_.map(block.id)).field("name", block.name);
      out.key("input").beginObject().endObject();
      break;
  }
  out.endObject().endObject();
  emit("content_block_start", json);
  is_open_ = true;
  open_ = std::move(block);
  arguments_ = {};
  writeContent(open_.kind, open_.content);
  open_.content.clear();
  if (!open_.signature.empty()) writeSignature(open_.signature);
}

void AnthropicEventWriter::close() {
  if (!is_open_) return;
  is_open_ = false;
  std::string json;
  json::Writer(json)
      .beginObject()
      .field("type", "content_block_stop")
      .field("index", index_)
      .endObject();
  emit("content_block_stop", json);
}

void AnthropicEventWriter::writeDelta(std::string_view type, std::string_view key,
                                      std::string_view text) {
  std::string json;
  json::Writer out(json);
  out.beginObject().field("type", "content_block_delta").field("index", index_);
  out.key("delta").beginObject().field("type", type).field(key, text).endObject().endObject();
  emit("content_block_delta", json);
}

void AnthropicEventWriter::writeContent(Kind kind, std::string_view text) {
  if (text.empty()) return;
  switch (kind) {
    case Kind::Text: return writeDelta("text_delta", "text", text);
    case Kind::Thinking: return writeDelta("thinking_delta", "thinking", text);
    case Kind::Tool:
      arguments_.feed(text);
      return writeDelta("input_json_delta", "partial_json", text);
  }
}

void AnthropicEventWriter::writeSignature(std::string_view signature) {
  writeDelta("signature_delta", "signature", signature);
}

void AnthropicEventWriter::onText(Kind kind, const std::string& text) {
  const bool unsigned_yet = open_.signature.empty();
  if (waiting_.empty() && is_open_ && open_.kind == kind && unsigned_yet)
    return writeContent(kind, text);
  if (!waiting_.empty() && waiting_.back().kind == kind && waiting_.back().signature.empty()) {
    waiting_.back().content += text;
    return;
  }
  enqueue({.kind = kind, .call = 0, .id = {}, .name = {}, .content = text});
}

void AnthropicEventWriter::on(const RefusalDelta& event) {
  refused_ = true;
  onText(Kind::Text, event.text);
}

// Belongs to the latest thinking; a provider that keeps its thinking to itself sends it alone.
void AnthropicEventWriter::on(const SignatureDelta& event) {
  Block* latest = !waiting_.empty() ? &waiting_.back() : is_open_ ? &open_ : nullptr;
  if (latest == nullptr || latest->kind != Kind::Thinking || !latest->signature.empty())
    return enqueue({.kind = Kind::Thinking,
                    .call = 0,
                    .id = {},
                    .name = {},
                    .content = {},
                    .signature = event.signature});
  latest->signature = event.signature;
  if (latest == &open_) writeSignature(event.signature);
}

// Comes whole, and first if at all.
void AnthropicEventWriter::on(const RedactedThinkingEvent& event) {
  begin();
  close();
  ++index_;
  std::string json;
  json::Writer out(json);
  out.beginObject().field("type", "content_block_start").field("index", index_);
  out.key("content_block").beginObject().field("type", "redacted_thinking");
  out.field("data", event.data).endObject().endObject();
  emit("content_block_start", json);
  is_open_ = true;
  open_ = {.kind = Kind::Thinking,
           .call = 0,
           .id = {},
           .name = {},
           .content = {},
           .signature = "redacted"};
  close();
}

void AnthropicEventWriter::on(const ToolStart& event) {
  if (!event.signature.empty()) on(SignatureDelta{event.signature});
  enqueue(
      {.kind = Kind::Tool, .call = event.call, .id = event.id, .name = event.name, .content = {}});
}

void AnthropicEventWriter::on(const ArgumentsDelta& event) {
  const auto waits = std::find_if(waiting_.begin(), waiting_.end(), [&event](const Block& block) {
    return block.kind == Kind::Tool && block.call == event.call;
  });
  if (waits != waiting_.end()) {
    waits->content += event.fragment;
    return;
  }
  if (!is_open_ || open_.kind != Kind::Tool || open_.call != event.call) return;
  writeContent(Kind::Tool, event.fragment);
  if (!waiting_.empty() && !openIsBusy()) openWaiting();
}

void AnthropicEventWriter::on(const PartEnd&) {
  if (!waiting_.empty() || !is_open_) return;
  close();
}

void AnthropicEventWriter::on(const PingEvent&) { emit("ping", R"({"type":"ping"})"); }

void AnthropicEventWriter::on(const EndEvent&) {
  begin();
  while (!waiting_.empty()) openWaiting();
  close();
  if (refused_ && stop_.reason == Stop::Reason::EndTurn) stop_.reason = Stop::Reason::Refusal;
  std::string json;
  json::Writer out(json);
  out.beginObject().field("type", "message_delta").key("delta").beginObject();
  writeAnthropicStop(out, stop_);
  out.endObject().key("usage");
  writeAnthropicUsage(out, usage_);
  if (trace_) out.rawField("mlx:trace", trace_());
  out.endObject();
  emit("message_delta", json);
  emit("message_stop", R"({"type":"message_stop"})");
}

void AnthropicEventWriter::on(const ErrorEvent& event) {
  emit("error", renderAnthropicError(event.error, event.status, {}));
}

}  // namespace penstock::dialect
