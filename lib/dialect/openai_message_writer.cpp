#include "dialect/openai_message_writer.h"

#include "dialect/thought_signature.h"

namespace penstock::dialect {

std::string urlOf(const Source& source) {
  if (source.kind == Source::Kind::Url) return source.data;
  return "data:" + source.media_type + ";base64," + source.data;
}

void OpenAiMessageWriter::write(const Message& message) {
  switch (message.role) {
    case Role::System:
    case Role::Developer: return writeSystem(message);
    case Role::User: return writeUser(message);
    case Role::Assistant: return writeAssistant(message);
  }
}

void OpenAiMessageWriter::begin(std::string_view role) { out_.beginObject().field("role", role); }

void OpenAiMessageWriter::end(const Extras& extras) {
  writeExtras(extras, "messages.");
  out_.endObject();
}

void OpenAiMessageWriter::writeExtras(const Extras& extras, std::string_view place) {
  if (!same_) return losses_.dropExtras(extras, place);
  for (const Extra& extra : extras) out_.rawField(extra.name, extra.json);
}

void OpenAiMessageWriter::writeCacheMark(const CacheMark& mark) {
  if (target_.cache_marks == OpenAiTarget::CacheMarks::Leave)
    return losses_.hint(Field::CacheMarks, "is not known to the provider");
  const bool breakpoint = target_.cache_marks == OpenAiTarget::CacheMarks::Breakpoint;
  out_.key(breakpoint ? "prompt_cache_breakpoint" : "cache_control").beginObject();
  if (breakpoint)
    out_.field("mode", "explicit");
  else
    out_.field("type", "ephemeral");
  if (mark.ttl == CacheTtl::Long) out_.field("ttl", breakpoint ? "12h" : "1h");
  if (mark.ttl == CacheTtl::Short) out_.field("ttl", breakpoint ? "30m" : "5m");
  out_.endObject();
}

// Whether a text alone does not say all: it takes an array.
bool OpenAiMessageWriter::needsParts(const Parts& parts) const {
  if (same_ && parts.size() != 1) return true;
  const bool marks = target_.cache_marks != OpenAiTarget::CacheMarks::Leave;
  for (const Part* part : parts) {
    if (!part->is<TextPart>() || (part->cache && marks)) return true;
    if (same_ && !part->extras.empty()) return true;
  }
  return false;
}

// Blocks of one message are paragraphs of it.
std::string OpenAiMessageWriter::joined(const Parts& parts) const {
  std::string text;
  for (const Part* part : parts) {
    const auto* words = part->as<TextPart>();
    if (words == nullptr) continue;
    if (!text.empty()) text += "\n\n";
    text += words->text;
  }
  return text;
}

void OpenAiMessageWriter::writeContent(const Parts& all) {
  Parts parts;
  for (const Part* part : all) {
    if (part->is<TextPart>() || canWrite(*part)) parts.push_back(part);
  }
  out_.key("content");
  if (!needsParts(parts)) {
    for (const Part* part : parts) {
      if (part->cache) losses_.hint(Field::CacheMarks, "is not known to the provider");
      if (!same_) losses_.dropExtras(part->extras, "messages.content.");
    }
    out_.value(joined(parts));
    return;
  }
  out_.beginArray();
  for (const Part* part : parts) writePart(*part);
  out_.endArray();
}

void OpenAiMessageWriter::writePart(const Part& part) {
  if (const auto* other = part.as<OtherPart>()) {
    out_.raw(other->json);
    return;
  }
  out_.beginObject();
  writeBody(part);
  if (part.cache) writeCacheMark(*part.cache);
  writeExtras(part.extras, "messages.content.");
  out_.endObject();
}

bool OpenAiMessageWriter::canWrite(const Part& part) {
  if (part.is<ToolResultPart>()) {
    losses_.refuse(Field::ToolResultContent, "is in a message that is not the user's");
    return false;
  }
  if (part.is<ToolCallPart>()) {
    losses_.refuse(Field::ToolCallId, "is of a call that is not the assistant's");
    return false;
  }
  if (part.is<ThinkingPart>() || part.is<RedactedThinkingPart>()) {
    losses_.hint(Field::ThinkingParts, "is in a message that is not the assistant's");
    return false;
  }
  if (const auto* other = part.as<OtherPart>()) {
    if (same_) return true;
    losses_.dropExtras({{other->type, other->json}}, "messages.content.");
    return false;
  }
  if (const auto* image = part.as<ImagePart>();
      image && image->source.kind == Source::Kind::FileId) {
    losses_.refuse(Field::Image, "is a file that only its own provider has");
    return false;
  }
  const auto* document = part.as<DocumentPart>();
  if (document == nullptr || document->source.kind == Source::Kind::Plain) return true;
  if (!target_.files) {
    losses_.refuse(Field::Document, "is of no kind that the provider takes");
    return false;
  }
  const bool portable = document->source.kind == Source::Kind::Base64 ||
                        (document->source.kind == Source::Kind::FileId && same_);
  if (!portable)
    losses_.refuse(Field::Document, "is not in the request, and the provider fetches nothing");
  return portable;
}

void OpenAiMessageWriter::writeBody(const Part& part) {
  if (const auto* text = part.as<TextPart>()) {
    out_.field("type", "text").field("text", text->text);
  } else if (const auto* refusal = part.as<RefusalPart>()) {
    out_.field("type", "refusal").field("refusal", refusal->text);
  } else if (const auto* image = part.as<ImagePart>()) {
    out_.field("type", "image_url").key("image_url").beginObject();
    out_.field("url", urlOf(image->source));
    if (!image->detail.empty()) out_.field("detail", image->detail);
    out_.endObject();
  } else if (const auto* audio = part.as<AudioPart>()) {
    out_.field("type", "input_audio").key("input_audio").beginObject();
    out_.field("data", audio->data).field("format", audio->format).endObject();
  } else if (const auto* document = part.as<DocumentPart>()) {
    writeDocument(*document);
  }
}

void OpenAiMessageWriter::writeDocument(const DocumentPart& document) {
  const Source& source = document.source;
  if (source.kind == Source::Kind::Plain) {
    losses_.change(Field::Document, "is told as text");
    const std::string title = document.name.empty() ? "" : document.name + "\n\n";
    out_.field("type", "text").field("text", title + source.data);
    return;
  }
  out_.field("type", "file").key("file").beginObject();
  if (source.kind == Source::Kind::FileId)
    out_.field("file_id", source.data);
  else
    out_.field("file_data", urlOf(source));
  // OpenAI wants a name beside data.
  if (!document.name.empty() || (source.kind == Source::Kind::Base64 && !same_))
    out_.field("filename", document.name.empty() ? "document.pdf" : document.name);
  out_.endObject();
}

void OpenAiMessageWriter::writeSystem(const Message& message) {
  const bool developer = message.role == Role::Developer && target_.developer_role;
  Parts parts;
  for (const Part& part : message.parts) parts.push_back(&part);
  begin(developer ? "developer" : "system");
  writeContent(parts);
  end(message.extras);
}

void OpenAiMessageWriter::writeUser(const Message& message) {
  Parts rest, attachments;
  bool has_results = false;
  for (const Part& part : message.parts) {
    if (part.is<ToolResultPart>())
      has_results = true;
    else
      rest.push_back(&part);
  }
  for (const Part& part : message.parts) {
    if (!part.is<ToolResultPart>()) continue;
    writeResult(part, attachments);
    const bool only = rest.empty() && same_;
    end(only ? message.extras : Extras{});
  }
  if (!attachments.empty()) {
    losses_.change(Field::ToolResultContent, "is told in a message after the tools'");
    attachments.insert(attachments.end(), rest.begin(), rest.end());
    rest = std::move(attachments);
  }
  if (rest.empty() && has_results) return;
  begin("user");
  writeContent(rest);
  end(message.extras);
}

// Leaves the message open. What is no text goes to `attachments`: a tool's message holds texts.
void OpenAiMessageWriter::writeResult(const Part& part, Parts& attachments) {
  const auto& result = *part.as<ToolResultPart>();
  Parts texts;
  for (const Part& held : result.content) {
    if (held.is<TextPart>() || same_)
      texts.push_back(&held);
    else
      attachments.push_back(&held);
  }
  if (part.cache) losses_.hint(Field::CacheMarks, "has no place at a tool's result");
  losses_.dropExtras(part.extras, "messages.content.");
  begin("tool");
  out_.field("tool_call_id", result.call_id);
  if (!result.failed) return writeContent(texts);
  losses_.change(Field::ToolFailed, "is told by the word Error before the result");
  out_.field("content", "Error: " + joined(texts));
}

void OpenAiMessageWriter::writeAssistant(const Message& message) {
  Parts content, calls, thinking;
  std::string refusal;
  for (const Part& part : message.parts) {
    if (const auto* refused = part.as<RefusalPart>(); refused && !part.cache)
      refusal += refused->text;
    else if (part.is<ToolCallPart>())
      calls.push_back(&part);
    else if (part.is<ThinkingPart>() || part.is<RedactedThinkingPart>())
      thinking.push_back(&part);
    else if (part.is<TextPart>() || canWrite(part))
      content.push_back(&part);
  }
  begin("assistant");
  if (content.empty())
    out_.key("content").null();
  else
    writeContent(content);
  if (!refusal.empty()) out_.field("refusal", refusal);
  if (!thinking.empty()) writeReasoning(thinking);
  if (!calls.empty()) writeToolCalls(calls);
  end(message.extras);
}

void OpenAiMessageWriter::writeReasoning(const Parts& thinking) {
  if (target_.reasoning == OpenAiTarget::Reasoning::Leave)
    return losses_.hint(Field::ThinkingParts, "is not read by the provider");
  std::string text;
  bool marked = false;
  for (const Part* part : thinking) {
    const auto* thought = part->as<ThinkingPart>();
    if (thought != nullptr) text += thought->text;
    marked = marked || thought == nullptr || !thought->signature.empty();
  }
  if (!text.empty()) out_.field("reasoning_content", text);
  if (!marked) return;
  if (target_.reasoning != OpenAiTarget::Reasoning::Blocks)
    return losses_.hint(Field::ThinkingParts, "is told without its signature");
  out_.key("thinking_blocks").beginArray();
  for (const Part* part : thinking) writeThinkingBlock(*part, out_);
  out_.endArray();
}

void OpenAiMessageWriter::writeToolCalls(const Parts& calls) {
  out_.key("tool_calls").beginArray();
  for (const Part* part : calls) {
    out_.beginObject();
    writeToolCall(*part->as<ToolCallPart>(), out_);
    if (same_) writeCallSignature(part->signature, out_);
    if (part->cache) losses_.hint(Field::CacheMarks, "has no place at a tool's call");
    writeExtras(part->extras, "messages.tool_calls.");
    out_.endObject();
  }
  out_.endArray();
}

void writeToolCall(const ToolCallPart& call, json::Writer& out) {
  out.field("id", call.id);
  if (call.kind == ToolKind::Custom) {
    out.field("type", "custom").key("custom").beginObject();
    out.field("name", call.name).field("input", call.arguments).endObject();
    return;
  }
  out.field("type", "function").key("function").beginObject().field("name", call.name);
  out.field("arguments", call.arguments.empty() ? std::string_view("{}") : call.arguments);
  out.endObject();
}

void writeCallSignature(std::string_view signature, json::Writer& out) {
  if (signature.empty()) return;
  out.key("extra_content").beginObject().key("google").beginObject();
  out.field("thought_signature", geminiThought(signature)).endObject().endObject();
}

void writeThinkingBlock(const Part& part, json::Writer& out) {
  out.beginObject();
  if (const auto* thought = part.as<ThinkingPart>()) {
    out.field("type", "thinking").field("thinking", thought->text);
    out.field("signature", thought->signature);
  } else if (const auto* redacted = part.as<RedactedThinkingPart>()) {
    out.field("type", "redacted_thinking").field("data", redacted->data);
  }
  out.endObject();
}

}  // namespace penstock::dialect
