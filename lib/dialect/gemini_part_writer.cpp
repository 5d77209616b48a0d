#include "dialect/gemini_part_writer.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "dialect/anthropic_block_writer.h"
#include "dialect/gemini_part_reader.h"
#include "dialect/thought_signature.h"
#include "json/scan.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kPlace = "messages.content.";

struct Extension {
  std::string_view suffix, media_type;
};
constexpr Extension kExtensions[] = {
    {".png", "image/png"},   {".jpg", "image/jpeg"},      {".jpeg", "image/jpeg"},
    {".webp", "image/webp"}, {".gif", "image/gif"},       {".heic", "image/heic"},
    {".heif", "image/heif"}, {".pdf", "application/pdf"}, {".txt", "text/plain"},
    {".html", "text/html"},  {".csv", "text/csv"},        {".md", "text/markdown"},
    {".mp4", "video/mp4"},   {".webm", "video/webm"},     {".mov", "video/quicktime"},
    {".mp3", "audio/mp3"},   {".wav", "audio/wav"},
};

// By the end of the address's path; empty: it does not tell.
std::string_view mediaTypeOf(std::string_view url) {
  const std::string path = asciiLower(url.substr(0, url.find_first_of("?#")));
  for (const Extension& known : kExtensions)
    if (path.ends_with(known.suffix)) return known.media_type;
  return {};
}

std::string textOfResult(const ToolResultPart& result) {
  std::string text;
  for (const Part& part : result.content) {
    const auto* words = part.as<TextPart>();
    if (words == nullptr) continue;
    if (!text.empty()) text += "\n\n";
    text += words->text;
  }
  return text;
}

bool isJsonObject(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' && json::validate(text).has_value();
}

bool hasMember(std::string_view object, std::string_view key) {
  json::ObjectIndex index;
  return json::scanObject(object, index).has_value() && index.find(key) != nullptr;
}

bool startsPlace(const Extra& extra) {
  return extra.name.starts_with("functionCall.") || extra.name.starts_with("functionResponse.");
}

}  // namespace

void writeGeminiThought(json::Writer& out, std::string_view text, std::string_view wire_signature) {
  out.field("text", text).field("thought", true);
  if (!wire_signature.empty()) out.field("thoughtSignature", wire_signature);
}

bool GeminiPartWriter::canWriteSource(const Source& source, Field field) {
  if (same_) return true;
  if (source.kind == Source::Kind::FileId) {
    losses_.refuse(field, "is a file that only its own provider has");
    return false;
  }
  if (source.kind == Source::Kind::Url && !target_.fetches_urls) {
    losses_.refuse(field, "is not in the request, and the provider fetches nothing");
    return false;
  }
  return true;
}

bool GeminiPartWriter::canWrite(const Part& part) {
  // A part without anything is refused.
  if (const auto* text = part.as<TextPart>())
    return !text->text.empty() || !part.signature.empty() || same_;
  if (const auto* refusal = part.as<RefusalPart>()) return !refusal->text.empty();
  if (const auto* image = part.as<ImagePart>()) return canWriteSource(image->source, Field::Image);
  if (const auto* document = part.as<DocumentPart>())
    return canWriteSource(document->source, Field::Document);
  if (same_) return true;
  if (part.is<ThinkingPart>() || part.is<RedactedThinkingPart>()) {
    losses_.hint(Field::ThinkingParts, "is not read by the provider");
    return false;
  }
  if (const auto* other = part.as<OtherPart>()) {
    losses_.dropExtras({{other->type, other->json}}, kPlace);
    return false;
  }
  return true;
}

void GeminiPartWriter::write(const Part& part) {
  if (const auto* other = part.as<OtherPart>()) {
    out_.raw(other->json);
    return;
  }
  if (part.cache) losses_.hint(Field::CacheMarks, "is not known to the provider");
  out_.beginObject();
  if (const auto* text = part.as<TextPart>()) {
    out_.field("text", text->text);
  } else if (const auto* refusal = part.as<RefusalPart>()) {
    out_.field("text", refusal->text);
  } else if (const auto* image = part.as<ImagePart>()) {
    writeImage(*image);
  } else if (const auto* document = part.as<DocumentPart>()) {
    writeDocument(*document);
  } else if (const auto* audio = part.as<AudioPart>()) {
    writeSource({Source::Kind::Base64, "audio/" + audio->format, audio->data}, {}, Field::Audio);
  } else if (const auto* call = part.as<ToolCallPart>()) {
    writeCall(part, *call);
  } else if (const auto* result = part.as<ToolResultPart>()) {
    writeResult(part, *result);
  } else if (const auto* thinking = part.as<ThinkingPart>()) {
    writeGeminiThought(out_, thinking->text, geminiThought(thinking->signature));
  } else if (const auto* redacted = part.as<RedactedThinkingPart>()) {
    writeGeminiThought(out_, {}, geminiThought(redacted->data, ThoughtKind::Redacted));
  }
  if (!part.signature.empty()) out_.field("thoughtSignature", geminiThought(part.signature));
  Extras rest;
  std::remove_copy_if(part.extras.begin(), part.extras.end(), std::back_inserter(rest),
                      startsPlace);
  writeExtras(rest, kPlace);
  out_.endObject();
}

// Google wants to be told; where nobody did, the address may.
std::string GeminiPartWriter::mediaType(const Source& source, Field field) {
  if (!source.media_type.empty() || same_) return source.media_type;
  if (const auto told = mediaTypeOf(source.data); !told.empty()) return std::string(told);
  losses_.change(field, "is said to be what it most likely is: its address does not tell");
  return field == Field::Document ? "application/pdf" : "image/jpeg";
}

void GeminiPartWriter::writeSource(const Source& source, std::string_view name, Field field) {
  const bool data = source.kind == Source::Kind::Base64;
  const std::string type = mediaType(source, field);
  out_.key(data ? "inlineData" : "fileData").beginObject();
  if (!type.empty()) out_.field("mimeType", type);
  out_.field(data ? "data" : "fileUri", source.data);
  if (!name.empty() && same_) out_.field("displayName", name);
  out_.endObject();
}

void GeminiPartWriter::writeDocument(const DocumentPart& document) {
  if (document.source.kind != Source::Kind::Plain)
    return writeSource(document.source, document.name, Field::Document);
  losses_.change(Field::Document, "is told as text");
  const std::string title = document.name.empty() ? "" : document.name + "\n\n";
  out_.field("text", title + document.source.data);
}

void GeminiPartWriter::writeImage(const ImagePart& image) {
  writeSource(image.source, {}, Field::Image);
  if (image.detail.empty() || image.detail == "auto") return;
  std::string level = "MEDIA_RESOLUTION_";
  for (const char c : image.detail)
    level += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  out_.key("mediaResolution").beginObject().field("level", level).endObject();
}

// Ids that a reader made up mean nothing to Gemini: it goes by names and order.
void GeminiPartWriter::writeId(std::string_view id) {
  if (!id.starts_with(kMintedCallId) && (target_.call_ids || same_)) out_.field("id", id);
}

// Of a call or result, in its open object.
void GeminiPartWriter::writeExtrasOf(const Part& part, std::string_view place) {
  for (const Extra& extra : part.extras) {
    if (!extra.name.starts_with(place)) continue;
    if (same_)
      out_.rawField(extra.name.substr(place.size()), extra.json);
    else
      losses_.dropExtras({extra}, kPlace);
  }
}

void GeminiPartWriter::writeCall(const Part& part, const ToolCallPart& call) {
  names_[call.id] = call.name;
  std::string args;
  if (appendInput(call, args) == Wrapped::Yes) {
    if (losses_.policy() == OnLoss::Refuse)
      losses_.refuse(Field::ToolArguments, "is no JSON object");
    else
      losses_.change(Field::ToolArguments, "is told as {\"input\": …}, being no JSON object");
  }
  out_.key("functionCall").beginObject();
  writeId(call.id);
  out_.field("name", call.name).rawField("args", args);
  writeExtrasOf(part, "functionCall.");
  out_.endObject();
}

// What is no object becomes {"output": …}, a failure {"error": …}.
void GeminiPartWriter::writeResponse(const ToolResultPart& result) {
  const std::string text = textOfResult(result);
  const bool object = isJsonObject(text);
  out_.key("response");
  if (object && (!result.failed || hasMember(text, "error"))) {
    out_.raw(text);
    return;
  }
  out_.beginObject().key(result.failed ? "error" : "output");
  if (object)
    out_.raw(text);
  else
    out_.value(text);
  out_.endObject();
}

void GeminiPartWriter::writeResultMedia(const ToolResultPart& result) {
  bool open = false;
  for (const Part& part : result.content) {
    if (part.is<TextPart>() || !canWrite(part)) continue;
    if (!target_.result_media && !same_) {
      losses_.change(Field::ToolResultContent, "is told after the tools' results");
      moved_.push_back(&part);
      continue;
    }
    if (!open) out_.key("parts").beginArray();
    open = true;
    write(part);
  }
  if (open) out_.endArray();
}

void GeminiPartWriter::writeResult(const Part& part, const ToolResultPart& result) {
  const auto name = names_.find(result.call_id);
  out_.key("functionResponse").beginObject();
  writeId(result.call_id);
  out_.field("name", name == names_.end() ? result.call_id : name->second);
  writeResponse(result);
  writeResultMedia(result);
  writeExtrasOf(part, "functionResponse.");
  out_.endObject();
}

void GeminiPartWriter::writeExtras(const Extras& extras, std::string_view place) {
  if (!same_) return losses_.dropExtras(extras, place);
  for (const Extra& extra : extras) out_.rawField(extra.name, extra.json);
}

}  // namespace penstock::dialect
