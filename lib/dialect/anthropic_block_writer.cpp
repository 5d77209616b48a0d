#include "dialect/anthropic_block_writer.h"

#include "dialect/thought_signature.h"
#include "json/raw.h"
#include "json/scan.h"

namespace penstock::dialect {
namespace {

constexpr int kMaxCacheMarks = 4;

bool isBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

}  // namespace

Wrapped appendInput(const ToolCallPart& call, std::string& json) {
  const std::string& text = call.arguments;
  const auto wrap_text = [&json, &text] {
    json::Writer(json).beginObject().field("input", text).endObject();
    return Wrapped::Yes;
  };
  if (call.kind == ToolKind::Custom) {
    wrap_text();
    return Wrapped::No;
  }
  if (isBlank(text)) {
    json += "{}";
    return Wrapped::No;
  }
  if (!json::validate(text)) return wrap_text();
  const bool object = text[text.find_first_not_of(" \t\r\n")] == '{';
  if (object) {
    json += text;
    return Wrapped::No;
  }
  json::Writer(json).beginObject().rawField("input", text).endObject();
  return Wrapped::Yes;
}

std::string_view AnthropicBlockWriter::place() const {
  return use_ == For::Request ? "messages.content." : "answer.";
}

bool AnthropicBlockWriter::canWriteSource(const Source& source, Field field) {
  if (source.kind != Source::Kind::FileId || same_) return true;
  losses_.refuse(field, "is a file that only its own provider has");
  return false;
}

bool AnthropicBlockWriter::canWrite(const Part& part) {
  if (const auto* text = part.as<TextPart>()) return !isBlank(text->text);
  if (const auto* refusal = part.as<RefusalPart>()) return !isBlank(refusal->text);
  if (const auto* image = part.as<ImagePart>()) return canWriteSource(image->source, Field::Image);
  if (const auto* document = part.as<DocumentPart>()) {
    const Source& source = document->source;
    if (source.kind == Source::Kind::Base64 && source.media_type != "application/pdf" && !same_) {
      losses_.refuse(Field::Document, "is no PDF, the one kind of file that the provider takes");
      return false;
    }
    return canWriteSource(source, Field::Document);
  }
  if (part.is<AudioPart>()) {
    losses_.refuse(Field::Audio, "is sound, which the provider does not take");
    return false;
  }
  const auto* thinking = part.as<ThinkingPart>();
  const bool unsigned_thinking = thinking != nullptr && !isClaudeSignature(thinking->signature);
  if (unsigned_thinking && use_ == For::Request) {
    losses_.hint(Field::ThinkingParts, "has no signature of the provider's");
    return false;
  }
  if (const auto* other = part.as<OtherPart>(); other && !same_) {
    losses_.dropExtras({{other->type, other->json}}, place());
    return false;
  }
  return true;
}

void AnthropicBlockWriter::write(const Part& part) {
  if (const auto* other = part.as<OtherPart>()) {
    out_.raw(other->json);
    return;
  }
  out_.beginObject();
  if (const auto* text = part.as<TextPart>()) {
    writeText(text->text);
  } else if (const auto* refusal = part.as<RefusalPart>()) {
    writeText(refusal->text);
  } else if (const auto* image = part.as<ImagePart>()) {
    out_.field("type", "image");
    writeSource(image->source);
    if (!image->detail.empty() && image->detail != "auto")
      losses_.hint(Field::ImageDetail, "is not known to the provider");
  } else if (const auto* document = part.as<DocumentPart>()) {
    writeDocument(*document);
  } else if (const auto* call = part.as<ToolCallPart>()) {
    writeToolUse(*call);
  } else if (const auto* result = part.as<ToolResultPart>()) {
    writeToolResult(*result);
  } else if (const auto* thinking = part.as<ThinkingPart>()) {
    out_.field("type", "thinking").field("thinking", thinking->text);
    out_.field("signature", thinking->signature);
  } else if (const auto* redacted = part.as<RedactedThinkingPart>()) {
    out_.field("type", "redacted_thinking").field("data", redacted->data);
  }
  if (part.cache) writeCacheMark(*part.cache);
  writeExtras(part.extras, place());
  out_.endObject();
}

void AnthropicBlockWriter::writeText(std::string_view text) {
  out_.field("type", "text").field("text", text);
}

void AnthropicBlockWriter::writeSource(const Source& source) {
  out_.key("source").beginObject();
  switch (source.kind) {
    case Source::Kind::Base64:
      out_.field("type", "base64").field("media_type", source.media_type);
      out_.field("data", source.data);
      break;
    case Source::Kind::Plain:
      out_.field("type", "text").field("media_type", source.media_type);
      out_.field("data", source.data);
      break;
    case Source::Kind::Url: out_.field("type", "url").field("url", source.data); break;
    case Source::Kind::FileId: out_.field("type", "file").field("file_id", source.data); break;
  }
  out_.endObject();
}

void AnthropicBlockWriter::writeDocument(const DocumentPart& document) {
  out_.field("type", "document");
  writeSource(document.source);
  if (!document.name.empty()) out_.field("title", document.name);
}

void AnthropicBlockWriter::writeToolUse(const ToolCallPart& call) {
  out_.field("type", "tool_use").field("id", same_ ? call.id : ids_.map(call.id));
  out_.field("name", call.name);
  writeInput(call);
}

void AnthropicBlockWriter::writeInput(const ToolCallPart& call) {
  std::string json;
  if (appendInput(call, json) == Wrapped::Yes) {
    if (losses_.policy() == OnLoss::Refuse)
      losses_.refuse(Field::ToolArguments, "is no JSON object");
    else
      losses_.change(Field::ToolArguments, "is told as {\"input\": …}, being no JSON object");
  }
  out_.rawField("input", json);
}

void AnthropicBlockWriter::writeToolResult(const ToolResultPart& result) {
  out_.field("type", "tool_result");
  out_.field("tool_use_id", same_ ? result.call_id : ids_.map(result.call_id));
  std::vector<const Part*> parts;
  for (const Part& part : result.content)
    if (canWrite(part)) parts.push_back(&part);
  if (!parts.empty()) {
    out_.key("content");
    writeContent(parts);
  }
  if (result.failed) out_.field("is_error", true);
}

void AnthropicBlockWriter::writeContent(const std::vector<const Part*>& parts) {
  const Part* only = parts.size() == 1 ? parts.front() : nullptr;
  const auto* text = only == nullptr ? nullptr : only->as<TextPart>();
  if (text != nullptr && !only->cache && (only->extras.empty() || !same_)) {
    if (!same_) losses_.dropExtras(only->extras, place());
    out_.value(text->text);
    return;
  }
  out_.beginArray();
  for (const Part* part : parts) write(*part);
  out_.endArray();
}

void AnthropicBlockWriter::writeCacheMark(const CacheMark& mark) {
  if (++cache_marks_ > kMaxCacheMarks && !same_)
    return losses_.hint(Field::CacheMarks, "is there more than four times");
  out_.key("cache_control").beginObject().field("type", "ephemeral");
  if (mark.ttl == CacheTtl::Short) out_.field("ttl", "5m");
  if (mark.ttl == CacheTtl::Long) out_.field("ttl", "1h");
  out_.endObject();
}

void AnthropicBlockWriter::writeExtras(const Extras& extras, std::string_view place) {
  if (!same_) return losses_.dropExtras(extras, place);
  for (const Extra& extra : extras) out_.rawField(extra.name, extra.json);
}

}  // namespace penstock::dialect
