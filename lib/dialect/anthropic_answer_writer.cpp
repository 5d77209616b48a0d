#include "dialect/anthropic_answer_writer.h"

#include "dialect/anthropic_block_writer.h"
#include "dialect/anthropic_usage.h"
#include "dialect/thought_signature.h"

namespace penstock::dialect {

std::string anthropicId(std::string_view id, std::string_view otherwise) {
  if (id.empty()) return std::string(otherwise);
  if (id.starts_with("msg_")) return std::string(id);
  if (id.starts_with("chatcmpl-")) id.remove_prefix(9);
  return "msg_" + std::string(id);
}

void writeAnthropicStop(json::Writer& out, const Stop& stop) {
  out.field("stop_reason", anthropicStop(stop.reason)).key("stop_sequence");
  if (stop.sequence.empty())
    out.null();
  else
    out.value(stop.sequence);
  if (const auto raw = anthropicExtension(stop); !raw.empty()) out.field("x_stop_reason", raw);
}

std::string writeAnthropicAnswer(const ChatAnswer& answer, std::string_view id, Losses& losses) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("id", anthropicId(answer.id, id)).field("type", "message");
  out.field("role", "assistant").field("model", answer.model).key("content").beginArray();
  Stop stop = answer.stop;
  AnthropicBlockWriter blocks(Dialect::OpenAi, AnthropicBlockWriter::For::Answer, losses, out);
  for (const Part& part : signaturesOnThinking(answer.parts, CallSignatures::Move)) {
    const bool refusal = part.is<RefusalPart>();
    if (refusal && stop.reason == Stop::Reason::EndTurn) stop.reason = Stop::Reason::Refusal;
    if (blocks.canWrite(part)) blocks.write(part);
  }
  out.endArray();
  writeAnthropicStop(out, stop);
  out.key("usage");
  writeAnthropicUsage(out, answer.usage);
  out.endObject();
  return body;
}

}  // namespace penstock::dialect
