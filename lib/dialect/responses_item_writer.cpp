#include "dialect/responses_item_writer.h"

#include "dialect/openai_family.h"
#include "dialect/openai_message_writer.h"
#include "dialect/responses_item_reader.h"
#include "dialect/responses_reasoning.h"

namespace penstock::dialect {
void ResponsesItemWriter::write(const Message& message) {
  Parts parts;
  switch (message.role) {
    case Role::System:
    case Role::Developer:
      for (const Part& part : message.parts) parts.push_back(&part);
      return writeMessage(message.role == Role::System ? "system" : "developer", parts, Said::In,
                          message.extras);
    case Role::User: return writeUser(message);
    case Role::Assistant: return writeAssistant(message);
  }
}

void ResponsesItemWriter::writeExtras(const Extras& extras, std::string_view place) {
  if (!same()) return losses_.dropExtras(extras, place);
  for (const Extra& extra : extras) out_.rawField(extra.name, extra.json);
}

void ResponsesItemWriter::writeUser(const Message& message) {
  Parts rest;
  bool results = false;
  for (const Part& part : message.parts) {
    if (!part.is<ToolResultPart>()) {
      rest.push_back(&part);
      continue;
    }
    const bool only = message.parts.size() == 1;
    writeResult(part, only ? message.extras : Extras{});
    results = true;
  }
  if (!rest.empty() || !results) writeMessage("user", rest, Said::In, message.extras);
}

void ResponsesItemWriter::writeAssistant(const Message& message) {
  Parts content;
  const Extras* extras = &message.extras;
  const Extras none;
  const auto flush = [&] {
    if (content.empty()) return;
    writeMessage("assistant", content, Said::Out, *extras);
    extras = &none;
    content.clear();
  };
  for (const Part& part : message.parts) {
    const bool call = part.is<ToolCallPart>();
    const bool thinking = part.is<ThinkingPart>() || part.is<RedactedThinkingPart>();
    if (!call && !thinking && !isItem(part)) {
      content.push_back(&part);
      continue;
    }
    flush();
    if (call)
      writeCall(part);
    else if (thinking)
      writeThinking(part);
    else if (same())
      out_.raw(part.as<OtherPart>()->json);
    else
      losses_.dropExtras({{part.as<OtherPart>()->type, part.as<OtherPart>()->json}}, "messages.");
  }
  flush();
  if (!same()) losses_.dropExtras(*extras, "messages.");
}

void ResponsesItemWriter::writeMessage(std::string_view role, const Parts& parts, Said said,
                                       const Extras& extras) {
  Parts writable;
  for (const Part* part : parts)
    if (canWrite(*part, said)) writable.push_back(part);
  if (writable.empty()) return;
  out_.beginObject().field("role", role).key("content");
  writeContent(writable, said);
  writeExtras(extras, "messages.");
  out_.endObject();
}

void ResponsesItemWriter::writeCall(const Part& part) {
  const auto& call = *part.as<ToolCallPart>();
  const bool custom = call.kind == ToolKind::Custom;
  if (custom) custom_calls_.insert(call.id);
  out_.beginObject().field("type", custom ? "custom_tool_call" : "function_call");
  out_.field("call_id", call.id).field("name", call.name);
  if (custom)
    out_.field("input", call.arguments);
  else
    out_.field("arguments", call.arguments.empty() ? std::string_view("{}") : call.arguments);
  if (part.cache) losses_.hint(Field::CacheMarks, "has no place at a tool's call");
  writeExtras(part.extras, "messages.content.");
  out_.endObject();
}

// OpenAI takes back only what it has sealed.
void ResponsesItemWriter::writeThinking(const Part& part) {
  const auto* thinking = part.as<ThinkingPart>();
  const auto sealed = thinking == nullptr ? std::nullopt : openReasoning(thinking->signature);
  if (!sealed) return losses_.hint(Field::ThinkingParts, "has no seal of the provider's");
  out_.beginObject().field("type", "reasoning");
  if (!sealed->id.empty()) out_.field("id", sealed->id);
  out_.key("summary").beginArray();
  if (!thinking->text.empty())
    out_.beginObject().field("type", "summary_text").field("text", thinking->text).endObject();
  out_.endArray().field("encrypted_content", sealed->encrypted).endObject();
}

void ResponsesItemWriter::writeResult(const Part& part, const Extras& extras) {
  const auto& result = *part.as<ToolResultPart>();
  Parts parts;
  for (const Part& held : result.content)
    if (canWrite(held, Said::In)) parts.push_back(&held);
  const Part failure{.value = TextPart{"Error:"}};
  if (result.failed) {
    losses_.change(Field::ToolFailed, "is told by the word Error before the result");
    parts.insert(parts.begin(), &failure);
  }
  if (part.cache) losses_.hint(Field::CacheMarks, "has no place at a tool's result");
  losses_.dropExtras(part.extras, "messages.content.");
  const bool custom = custom_calls_.contains(result.call_id);
  out_.beginObject();
  out_.field("type", custom ? "custom_tool_call_output" : "function_call_output");
  out_.field("call_id", result.call_id).key("output");
  if (parts.empty())
    out_.value("");
  else
    writeContent(parts, Said::In);
  writeExtras(extras, "messages.");
  out_.endObject();
}

void ResponsesItemWriter::writeContent(const Parts& parts, Said said) {
  const Part* only = parts.size() == 1 ? parts.front() : nullptr;
  const auto* text = only == nullptr ? nullptr : only->as<TextPart>();
  const bool marked = only != nullptr && only->cache && target_.breakpoints;
  if (text != nullptr && said == Said::In && !marked && (only->extras.empty() || !same())) {
    if (only->cache) writeCacheMark(*only->cache);
    losses_.dropExtras(only->extras, "messages.content.");
    out_.value(text->text);
    return;
  }
  out_.beginArray();
  for (const Part* part : parts) writePart(*part, said);
  out_.endArray();
}

bool ResponsesItemWriter::canWriteSource(const Source& source, Field field) {
  if (source.kind != Source::Kind::FileId || isOpenAis(source_)) return true;
  losses_.refuse(field, "is a file that only its own provider has");
  return false;
}

bool ResponsesItemWriter::canWrite(const Part& part, Said said) {
  if (const auto* other = part.as<OtherPart>()) {
    if (!same()) losses_.dropExtras({{other->type, other->json}}, "messages.content.");
    return same();
  }
  const auto* image = part.as<ImagePart>();
  const auto* document = part.as<DocumentPart>();
  if (said == Said::Out && (image != nullptr || document != nullptr)) {
    losses_.drop(image != nullptr ? Field::Image : Field::Document,
                 "has no place in an assistant's message");
    return false;
  }
  if (image != nullptr) return canWriteSource(image->source, Field::Image);
  if (document != nullptr) return canWriteSource(document->source, Field::Document);
  if (part.is<AudioPart>() && !same()) {
    losses_.refuse(Field::Audio, "is sound, which the provider does not take");
    return false;
  }
  return true;
}

void ResponsesItemWriter::writePart(const Part& part, Said said) {
  if (const auto* other = part.as<OtherPart>()) {
    out_.raw(other->json);
    return;
  }
  out_.beginObject();
  if (const auto* text = part.as<TextPart>())
    writeText(text->text, said);
  else if (const auto* refusal = part.as<RefusalPart>())
    writeRefusal(refusal->text, said);
  else if (const auto* image = part.as<ImagePart>())
    writeImage(*image);
  else if (const auto* document = part.as<DocumentPart>())
    writeDocument(*document);
  else if (const auto* audio = part.as<AudioPart>())
    out_.field("type", "input_audio")
        .key("input_audio")
        .beginObject()
        .field("data", audio->data)
        .field("format", audio->format)
        .endObject();
  if (part.cache) writeCacheMark(*part.cache);
  writeExtras(part.extras, "messages.content.");
  out_.endObject();
}

void ResponsesItemWriter::writeText(std::string_view text, Said said) {
  out_.field("type", said == Said::In ? "input_text" : "output_text").field("text", text);
}

// Only the model refuses.
void ResponsesItemWriter::writeRefusal(std::string_view text, Said said) {
  if (said == Said::In) return writeText(text, said);
  out_.field("type", "refusal").field("refusal", text);
}

void ResponsesItemWriter::writeImage(const ImagePart& image) {
  out_.field("type", "input_image");
  if (image.source.kind == Source::Kind::FileId)
    out_.field("file_id", image.source.data);
  else
    out_.field("image_url", urlOf(image.source));
  out_.field("detail", image.detail.empty() ? "auto" : image.detail);
}

void ResponsesItemWriter::writeDocument(const DocumentPart& document) {
  const Source& source = document.source;
  if (source.kind == Source::Kind::Plain) {
    losses_.change(Field::Document, "is told as text");
    const std::string title = document.name.empty() ? "" : document.name + "\n\n";
    return writeText(title + source.data, Said::In);
  }
  out_.field("type", "input_file");
  switch (source.kind) {
    case Source::Kind::Base64: out_.field("file_data", urlOf(source)); break;
    case Source::Kind::Url: out_.field("file_url", source.data); break;
    case Source::Kind::FileId:
    case Source::Kind::Plain: out_.field("file_id", source.data); break;
  }
  // OpenAI wants a name beside data.
  if (!document.name.empty() || (source.kind == Source::Kind::Base64 && !same()))
    out_.field("filename", document.name.empty() ? "document.pdf" : document.name);
}

void ResponsesItemWriter::writeCacheMark(const CacheMark& mark) {
  if (!target_.breakpoints) return losses_.hint(Field::CacheMarks, "is not known to the provider");
  out_.key("prompt_cache_breakpoint").beginObject().field("mode", "explicit");
  if (mark.ttl == CacheTtl::Long) out_.field("ttl", "12h");
  if (mark.ttl == CacheTtl::Short) out_.field("ttl", "30m");
  out_.endObject();
}

}  // namespace penstock::dialect
