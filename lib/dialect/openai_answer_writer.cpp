#include "dialect/openai_answer_writer.h"

#include <vector>

#include "dialect/openai_message_writer.h"
#include "dialect/openai_usage_writer.h"
#include "dialect/thought_signature.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// The parts of an answer by what they become.
struct Said {
  std::string text, refusal, thinking;
  bool has_text = false;
  std::vector<const Part*> calls, blocks;

  Said(const std::vector<Part>& parts, Losses& losses) {
    for (const Part& part : parts) {
      if (const auto* words = part.as<TextPart>()) {
        text += words->text;
        has_text = true;
      } else if (const auto* refused = part.as<RefusalPart>()) {
        refusal += refused->text;
      } else if (const auto* thought = part.as<ThinkingPart>()) {
        thinking += thought->text;
        if (!thought->signature.empty()) blocks.push_back(&part);
      } else if (part.is<RedactedThinkingPart>()) {
        blocks.push_back(&part);
      } else if (part.is<ToolCallPart>()) {
        calls.push_back(&part);
      } else if (const auto* other = part.as<OtherPart>()) {
        losses.dropExtras({{other->type, other->json}}, "answer.");
      }
    }
  }
};

void writeMessage(json::Writer& out, const Said& said) {
  out.beginObject().field("role", "assistant").key("content");
  if (said.has_text)
    out.value(said.text);
  else
    out.null();
  out.key("refusal");
  if (said.refusal.empty())
    out.null();
  else
    out.value(said.refusal);
  if (!said.thinking.empty()) out.field("reasoning_content", said.thinking);
  if (!said.blocks.empty()) {
    out.key("thinking_blocks").beginArray();
    for (const Part* part : said.blocks) writeThinkingBlock(*part, out);
    out.endArray();
  }
  if (!said.calls.empty()) {
    out.key("tool_calls").beginArray();
    for (const Part* part : said.calls) {
      out.beginObject();
      writeToolCall(*part->as<ToolCallPart>(), out);
      writeCallSignature(part->signature, out);
      out.endObject();
    }
    out.endArray();
  }
  out.endObject();
}

}  // namespace

std::string openAiId(std::string_view id, std::string_view otherwise) {
  if (id.empty()) return std::string(otherwise);
  if (id.starts_with("chatcmpl-")) return std::string(id);
  if (id.starts_with("msg_")) id.remove_prefix(4);
  return "chatcmpl-" + std::string(id);
}

std::string openAiTier(std::string_view tier) {
  tier = tier.substr(0, tier.find(','));  // Anthropic's "standard,speed=fast"
  if (tier == "standard") return "default";
  for (const char* known : {"auto", "default", "flex", "scale", "priority", "fast", "ultrafast"})
    if (tier == known) return std::string(tier);
  return {};
}

std::string writeOpenAiAnswer(const ChatAnswer& answer, const AnswerHead& head, Losses& losses) {
  const std::vector<Part> parts = signaturesOnThinking(answer.parts, CallSignatures::Keep);
  const Said said(parts, losses);
  std::string body;
  json::Writer out(body);
  out.beginObject().field("id", openAiId(answer.id, head.id));
  out.field("object", "chat.completion").field("created", head.created);
  out.field("model", answer.model.empty() ? head.model : answer.model)
      .key("choices")
      .beginArray()
      .beginObject();
  out.field("index", 0).key("message");
  writeMessage(out, said);
  out.key("logprobs").null().field("finish_reason", openAiFinish(answer.stop.reason));
  if (const auto raw = openAiExtension(answer.stop); !raw.empty()) out.field("x_stop_reason", raw);
  out.endObject().endArray();
  if (answer.usage.source != model::Usage::Source::None) {
    out.key("usage");
    writeOpenAiUsage(out, answer.usage);
  }
  if (const auto tier = openAiTier(answer.service_tier); !tier.empty())
    out.field("service_tier", tier);
  out.endObject();
  return body;
}

}  // namespace penstock::dialect
