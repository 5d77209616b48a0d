#include "dialect/openai_event_writer.h"

#include "dialect/anthropic_errors.h"
#include "dialect/openai_message_writer.h"
#include "dialect/openai_usage_writer.h"

namespace penstock::dialect {

void OpenAiEventWriter::write(const ChatEvent& event, std::string& out) {
  out_ = &out;
  std::visit([this](const auto& one) { on(one); }, event);
}

json::Writer OpenAiEventWriter::beginChunk() {
  out_->append("data: ");
  json::Writer chunk(*out_);
  chunk.beginObject().field("id", id_).field("object", "chat.completion.chunk");
  chunk.field("created", head_.created).field("model", model_);
  if (!service_tier_.empty()) chunk.field("service_tier", service_tier_);
  chunk.key("choices").beginArray();
  return chunk;
}

void OpenAiEventWriter::endChunk(json::Writer& chunk) {
  chunk.endObject();
  out_->append("\n\n");
}

json::Writer OpenAiEventWriter::beginDelta() {
  begin();
  json::Writer chunk = beginChunk();
  chunk.beginObject().field("index", 0).key("delta").beginObject();
  return chunk;
}

void OpenAiEventWriter::endDelta(json::Writer& chunk) {
  chunk.endObject().key("finish_reason").null().endObject().endArray();
  endChunk(chunk);
}

// The chunk with the role, once.
void OpenAiEventWriter::begin() {
  if (begun_) return;
  begun_ = true;
  if (id_.empty()) id_ = head_.id;
  if (model_.empty()) model_ = head_.model;
  json::Writer chunk = beginDelta();
  chunk.field("role", "assistant").field("content", "");
  endDelta(chunk);
}

void OpenAiEventWriter::on(const StartEvent& event) {
  if (begun_) return;
  id_ = openAiId(event.id, head_.id);
  model_ = event.model;
  begin();
}

void OpenAiEventWriter::writeText(std::string_view key, std::string_view text) {
  json::Writer chunk = beginDelta();
  chunk.field(key, text);
  endDelta(chunk);
}

void OpenAiEventWriter::on(const ThinkingDelta& event) {
  thinking_ += event.text;
  writeText("reasoning_content", event.text);
}

void OpenAiEventWriter::writeThinkingPart(const Part& part) {
  json::Writer chunk = beginDelta();
  chunk.key("thinking_blocks").beginArray();
  writeThinkingBlock(part, chunk);
  chunk.endArray();
  endDelta(chunk);
}

void OpenAiEventWriter::on(const SignatureDelta& event) {
  writeThinkingPart({.value = ThinkingPart{std::move(thinking_), event.signature}});
  thinking_.clear();
}

void OpenAiEventWriter::on(const RedactedThinkingEvent& event) {
  writeThinkingPart({.value = RedactedThinkingPart{event.data}});
}

void OpenAiEventWriter::on(const ToolStart& event) {
  const Call call{static_cast<int64_t>(calls_.size()), event.kind};
  calls_.insert_or_assign(event.call, call);
  const bool custom = event.kind == ToolKind::Custom;
  const std::string_view type = custom ? "custom" : "function";
  json::Writer chunk = beginDelta();
  chunk.key("tool_calls").beginArray().beginObject().field("index", call.index);
  chunk.field("id", event.id).field("type", type).key(type).beginObject();
  chunk.field("name", event.name).field(custom ? "input" : "arguments", "");
  chunk.endObject();
  writeCallSignature(event.signature, chunk);
  chunk.endObject().endArray();
  endDelta(chunk);
}

void OpenAiEventWriter::on(const ArgumentsDelta& event) {
  const auto call = calls_.find(event.call);
  if (call != calls_.end()) writeArguments(call->second, event.fragment);
}

void OpenAiEventWriter::writeArguments(Call& call, std::string_view fragment) {
  call.empty = false;
  const bool custom = call.kind == ToolKind::Custom;
  json::Writer chunk = beginDelta();
  chunk.key("tool_calls").beginArray().beginObject().field("index", call.index);
  chunk.key(custom ? "custom" : "function").beginObject();
  chunk.field(custom ? "input" : "arguments", fragment);
  chunk.endObject().endObject().endArray();
  endDelta(chunk);
}

// Anthropic sends nothing for no arguments, but callers parse what they get as JSON.
void OpenAiEventWriter::fillEmptyCalls() {
  for (auto& [number, call] : calls_)
    if (call.empty && call.kind == ToolKind::Function) writeArguments(call, "{}");
}

void OpenAiEventWriter::on(const PartEnd&) { fillEmptyCalls(); }

// One newline: a blank line would make some clients see an empty event.
void OpenAiEventWriter::on(const PingEvent&) { out_->append(": ping\n"); }

void OpenAiEventWriter::on(const EndEvent&) {
  begin();
  fillEmptyCalls();
  json::Writer chunk = beginChunk();
  chunk.beginObject().field("index", 0).key("delta").beginObject().endObject();
  chunk.field("finish_reason", openAiFinish(stop_.reason));
  if (const auto raw = openAiExtension(stop_); !raw.empty()) chunk.field("x_stop_reason", raw);
  chunk.endObject().endArray();
  if (trace_) chunk.rawField("mlx:trace", trace_());
  endChunk(chunk);
  if (usage_for_ == UsageChunk::Send) {
    json::Writer last = beginChunk();
    last.endArray().key("usage");
    writeOpenAiUsage(last, usage_);
    endChunk(last);
  }
  out_->append("data: [DONE]\n\n");
}

void OpenAiEventWriter::on(const ErrorEvent& event) {
  out_->append("data: ");
  out_->append(renderOpenAiError(openAiErrorOf(event.error, event.status)));
  out_->append("\n\n");
}

}  // namespace penstock::dialect
