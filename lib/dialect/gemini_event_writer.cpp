#include "dialect/gemini_event_writer.h"

#include <algorithm>

#include "dialect/gemini_answer_writer.h"
#include "dialect/gemini_usage.h"
#include "http/sse.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {

void GeminiEventWriter::write(const ChatEvent& event, std::string& out) {
  out_ = &out;
  std::visit([this](const auto& one) { on(one); }, event);
}

void GeminiEventWriter::emit(std::string_view json) {
  if (options_.framing == GeminiFraming::Sse) {
    http::appendSseEvent(*out_, {}, json);
  } else {
    out_->append(begun_ ? ",\r\n" : "[").append(json);
  }
  begun_ = true;
}

void GeminiEventWriter::on(const StartEvent& event) {
  id_ = event.id;
  model_ = event.model;
}

void GeminiEventWriter::writeChunk(std::string_view parts, Last last) {
  std::string json;
  json::Writer out(json);
  out.beginObject().key("candidates").beginArray().beginObject();
  out.key("content").beginObject().rawField("parts", parts).field("role", "model").endObject();
  if (last == Last::Yes) writeGeminiFinish(out, stop_);
  out.field("index", 0).endObject().endArray();
  if (last == Last::Yes) {
    out.key("usageMetadata");
    writeGeminiUsage(out, usage_);
    if (trace_) out.rawField("mlx:trace", trace_());
  }
  out.field("modelVersion", model_.empty() ? options_.model : model_);
  out.field("responseId", id_.empty() ? options_.id : id_).endObject();
  emit(json);
}

void GeminiEventWriter::writePart(const Part& part) {
  writeWholeCalls();
  std::string parts;
  json::Writer out(parts);
  out.beginArray();
  writeGeminiAnswerPart(out, part);
  out.endArray();
  writeChunk(parts, Last::No);
}

void GeminiEventWriter::on(const RefusalDelta& event) {
  refused_ = true;
  writePart({.value = RefusalPart{event.text}});
}

void GeminiEventWriter::on(const ToolStart& event) {
  calls_.push_back({event.call,
                    {.value = ToolCallPart{event.id, event.name, {}, event.kind},
                     .signature = event.signature}});
}

void GeminiEventWriter::on(const ArgumentsDelta& event) {
  const auto call = std::find_if(calls_.begin(), calls_.end(), [&event](const Call& open) {
    return open.number == event.call;
  });
  if (call != calls_.end()) std::get<ToolCallPart>(call->part.value).arguments += event.fragment;
}

// The calls that are complete, up to one that may go on: in one chunk, as parallel calls are.
void GeminiEventWriter::writeWholeCalls() {
  std::string parts;
  json::Writer out(parts);
  out.beginArray();
  bool any = false;
  while (!calls_.empty()) {
    const auto& call = std::get<ToolCallPart>(calls_.front().part.value);
    if (call.kind == ToolKind::Custom || !json::validate(call.arguments)) break;
    writeGeminiAnswerPart(out, calls_.front().part);
    calls_.pop_front();
    any = true;
  }
  out.endArray();
  if (any) writeChunk(parts, Last::No);
}

void GeminiEventWriter::writeCalls() {
  if (calls_.empty()) return;
  std::string parts;
  json::Writer out(parts);
  out.beginArray();
  for (const Call& call : calls_) writeGeminiAnswerPart(out, call.part);
  out.endArray();
  calls_.clear();
  writeChunk(parts, Last::No);
}

void GeminiEventWriter::on(const EndEvent&) {
  writeCalls();
  if (refused_ && stop_.reason == Stop::Reason::EndTurn) stop_.reason = Stop::Reason::Refusal;
  writeChunk(R"([{"text":""}])", Last::Yes);
  if (options_.framing == GeminiFraming::Array) out_->append("]");
}

void GeminiEventWriter::on(const ErrorEvent& event) {
  emit(renderGeminiError(event.error, event.status));
  if (options_.framing == GeminiFraming::Array) out_->append("]");
}

}  // namespace penstock::dialect
