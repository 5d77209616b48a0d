#include "dialect/gemini_answer_writer.h"

#include "dialect/anthropic_block_writer.h"
#include "dialect/gemini_part_writer.h"
#include "dialect/gemini_usage.h"
#include "dialect/thought_signature.h"

namespace penstock::dialect {

void writeGeminiAnswerPart(json::Writer& out, const Part& part) {
  out.beginObject();
  if (const auto* text = part.as<TextPart>()) {
    out.field("text", text->text);
  } else if (const auto* refusal = part.as<RefusalPart>()) {
    out.field("text", refusal->text);
  } else if (const auto* thinking = part.as<ThinkingPart>()) {
    writeGeminiThought(out, thinking->text, geminiThought(thinking->signature));
  } else if (const auto* redacted = part.as<RedactedThinkingPart>()) {
    writeGeminiThought(out, {}, geminiThought(redacted->data, ThoughtKind::Redacted));
  } else if (const auto* call = part.as<ToolCallPart>()) {
    std::string args;
    appendInput(*call, args);
    out.key("functionCall").beginObject().field("id", call->id).field("name", call->name);
    out.rawField("args", args).endObject();
  }
  if (!part.signature.empty()) out.field("thoughtSignature", geminiThought(part.signature));
  out.endObject();
}

void writeGeminiFinish(json::Writer& out, const Stop& stop) {
  out.field("finishReason", geminiFinish(stop.reason));
  if (const auto raw = geminiExtension(stop); !raw.empty()) out.field("x_stop_reason", raw);
}

std::string writeGeminiAnswer(const ChatAnswer& answer, std::string_view id, Losses& losses) {
  std::string body;
  json::Writer out(body);
  Stop stop = answer.stop;
  out.beginObject().key("candidates").beginArray().beginObject();
  out.key("content").beginObject().key("parts").beginArray();
  for (const Part& part : answer.parts) {
    if (const auto* other = part.as<OtherPart>()) {
      losses.dropExtras({{other->type, other->json}}, "answer.");
      continue;
    }
    const bool refusal = part.is<RefusalPart>();
    if (refusal && stop.reason == Stop::Reason::EndTurn) stop.reason = Stop::Reason::Refusal;
    writeGeminiAnswerPart(out, part);
  }
  out.endArray().field("role", "model").endObject();
  writeGeminiFinish(out, stop);
  out.field("index", 0).endObject().endArray();
  if (answer.usage.source != model::Usage::Source::None) {
    out.key("usageMetadata");
    writeGeminiUsage(out, answer.usage);
  }
  out.field("modelVersion", answer.model);
  out.field("responseId", answer.id.empty() ? id : std::string_view(answer.id)).endObject();
  return body;
}

}  // namespace penstock::dialect
