// {"id":"msg_…","type":"message","status":"completed","role":"assistant","content":[{"type":
//  "output_text","text":"…","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"…"}]}
// {"id":"rs_…","type":"reasoning","summary":[{"type":"summary_text","text":"…"}],
//  "encrypted_content":"…"}
// {"id":"fc_…","type":"function_call","status":"completed","call_id":"…","name":"…",
//  "arguments":"{…}"}
#include "dialect/responses_output.h"

#include <array>

#include <fmt/format.h>

#include "dialect/responses_reasoning.h"

namespace penstock::dialect {
namespace {

using Kind = OutputItem::Kind;

constexpr std::array<std::string_view, 3> kStatuses{"in_progress", "completed", "incomplete"};
constexpr std::array<std::string_view, 4> kPrefixes{"msg_", "rs_", "fc_", "ctc_"};

void writeMessage(json::Writer& out, const OutputItem& item) {
  out.field("role", "assistant").key("content").beginArray();
  for (const OutputItem::Content& content : item.contents)
    writeOutputContent(out, content.kind, content.text);
  out.endArray();
}

void writeReasoning(json::Writer& out, const OutputItem& item) {
  out.key("summary").beginArray();
  if (!item.text.empty())
    out.beginObject().field("type", "summary_text").field("text", item.text).endObject();
  out.endArray();
  if (!item.encrypted.empty()) out.field("encrypted_content", item.encrypted);
}

}  // namespace

void writeOutputContent(json::Writer& out, OutputItem::Content::Kind kind, std::string_view text) {
  out.beginObject();
  if (kind == OutputItem::Content::Kind::Refusal)
    out.field("type", "refusal").field("refusal", text);
  else
    out.field("type", "output_text")
        .field("text", text)
        .key("annotations")
        .beginArray()
        .endArray()
        .key("logprobs")
        .beginArray()
        .endArray();
  out.endObject();
}

void writeOutputItem(json::Writer& out, const OutputItem& item) {
  out.beginObject().field("id", item.id);
  const auto begin = [&](std::string_view type) {
    out.field("type", type).field("status", kStatuses[static_cast<size_t>(item.status)]);
  };
  switch (item.kind) {
    case Kind::Message:
      begin("message");
      writeMessage(out, item);
      break;
    case Kind::Reasoning:
      begin("reasoning");
      writeReasoning(out, item);
      break;
    case Kind::Function:
      begin("function_call");
      out.field("call_id", item.call_id).field("name", item.name);
      out.field("arguments", item.text);
      break;
    case Kind::Custom:
      begin("custom_tool_call");
      out.field("call_id", item.call_id).field("name", item.name).field("input", item.text);
      break;
  }
  out.endObject();
}

std::string responsesId(std::string_view id, std::string_view otherwise) {
  if (id.empty()) return std::string(otherwise);
  if (id.starts_with("resp_")) return std::string(id);
  for (const std::string_view prefix : {"chatcmpl-", "msg_"})
    if (id.starts_with(prefix)) id.remove_prefix(prefix.size());
  return "resp_" + std::string(id);
}

std::string itemId(Kind kind, std::string_view response_id, size_t place) {
  if (response_id.starts_with("resp_")) response_id.remove_prefix(5);
  return fmt::format("{}{}_{}", kPrefixes[static_cast<size_t>(kind)], response_id, place);
}

std::vector<OutputItem> outputItems(const std::vector<Part>& parts, std::string_view response_id) {
  std::vector<OutputItem> items;
  const auto add = [&](Kind kind) -> OutputItem& {
    return items.emplace_back(
        OutputItem{.kind = kind, .id = itemId(kind, response_id, items.size())});
  };
  const auto say = [&](OutputItem::Content::Kind kind, const std::string& text) {
    const bool open = !items.empty() && items.back().kind == Kind::Message;
    (open ? items.back() : add(Kind::Message)).contents.push_back({kind, text});
  };
  for (const Part& part : parts) {
    if (const auto* text = part.as<TextPart>()) {
      say(OutputItem::Content::Kind::Text, text->text);
    } else if (const auto* refusal = part.as<RefusalPart>()) {
      say(OutputItem::Content::Kind::Refusal, refusal->text);
    } else if (const auto* call = part.as<ToolCallPart>()) {
      OutputItem& item = add(call->kind == ToolKind::Custom ? Kind::Custom : Kind::Function);
      item.call_id = call->id;
      item.name = call->name;
      item.text = call->arguments;
      if (item.kind == Kind::Function && item.text.empty()) item.text = "{}";
    } else if (part.is<ThinkingPart>() || part.is<RedactedThinkingPart>()) {
      OutputItem& item = add(Kind::Reasoning);
      if (const auto* thinking = part.as<ThinkingPart>()) item.text = thinking->text;
      item.encrypted = encryptedContentOf(part);
    }
  }
  return items;
}

}  // namespace penstock::dialect
