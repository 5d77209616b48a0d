// {"text":"…"}
// {"image":{"format":"png","source":{"bytes":"base64"}}}
// {"document":{"format":"pdf","name":"a name","source":{"bytes":"base64"}}}
// {"toolUse":{"toolUseId":"…","name":"f","input":{…}}}
// {"toolResult":{"toolUseId":"…","content":[{"text":"…"}],"status":"error"}}
// {"reasoningContent":{"reasoningText":{"text":"…","signature":"…"}}}
// {"cachePoint":{"type":"default","ttl":"1h"}}
#include "dialect/bedrock_block_writer.h"

#include <fmt/format.h>

#include "dialect/anthropic_block_writer.h"
#include "dialect/thought_signature.h"

namespace penstock::dialect {
namespace {

constexpr int kMaxCachePoints = 4;
constexpr std::string_view kPlace = "messages.content.";

bool isBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

struct Format {
  std::string_view media_type, format;
};
constexpr Format kImages[] = {
    {"image/png", "png"}, {"image/jpeg", "jpeg"}, {"image/gif", "gif"}, {"image/webp", "webp"}};
constexpr Format kDocuments[] = {
    {"application/pdf", "pdf"},
    {"text/csv", "csv"},
    {"text/html", "html"},
    {"text/plain", "txt"},
    {"text/markdown", "md"},
    {"application/msword", "doc"},
    {"application/vnd.ms-excel", "xls"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"}};

template <size_t N>
std::string_view formatOf(const Format (&formats)[N], std::string_view media_type) {
  for (const Format& known : formats)
    if (known.media_type == media_type) return known.format;
  return {};
}

// Letters, digits, single spaces, hyphens, parentheses and brackets are all that a name may hold.
std::string plainName(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '-' || c == '(' || c == ')' || c == '[' || c == ']';
    if (kept)
      plain += c;
    else if (!plain.empty() && plain.back() != ' ')
      plain += ' ';
  }
  while (!plain.empty() && plain.back() == ' ') plain.pop_back();
  return plain.empty() ? "document" : plain.substr(0, 150);
}

}  // namespace

bool BedrockBlockWriter::canWriteDocument(const DocumentPart& document) {
  const Source& source = document.source;
  if (source.kind == Source::Kind::Plain) return !isBlank(source.data);
  if (source.kind == Source::Kind::FileId) {
    losses_.refuse(Field::Document, "is a file that only its own provider has");
  } else if (source.kind == Source::Kind::Url) {
    losses_.refuse(Field::Document, "is not in the request, and the provider fetches nothing");
  } else if (formatOf(kDocuments, source.media_type).empty()) {
    losses_.refuse(Field::Document, "is of no kind that the provider takes");
  } else {
    return true;
  }
  return false;
}

bool BedrockBlockWriter::canWrite(const Part& part) {
  if (const auto* text = part.as<TextPart>()) return !isBlank(text->text);
  if (const auto* refusal = part.as<RefusalPart>()) return !isBlank(refusal->text);
  if (const auto* image = part.as<ImagePart>()) {
    const bool inside = image->source.kind == Source::Kind::Base64;
    const bool known = !formatOf(kImages, image->source.media_type).empty();
    if (!inside)
      losses_.refuse(Field::Image, "is not in the request, and the provider fetches nothing");
    else if (!known)
      losses_.refuse(Field::Image, "is of no kind that the provider takes");
    return inside && known;
  }
  if (const auto* document = part.as<DocumentPart>()) return canWriteDocument(*document);
  if (part.is<AudioPart>()) {
    losses_.refuse(Field::Audio, "is sound, which the provider does not take");
    return false;
  }
  const bool claude = target_.family == BedrockTarget::Family::Claude;
  const auto* thinking = part.as<ThinkingPart>();
  const bool unsigned_thinking = thinking != nullptr && !isClaudeSignature(thinking->signature);
  if (unsigned_thinking || (!claude && (thinking || part.is<RedactedThinkingPart>()))) {
    losses_.hint(Field::ThinkingParts, "has no signature of the provider's");
    return false;
  }
  if (const auto* other = part.as<OtherPart>()) {
    losses_.dropExtras({{other->type, other->json}}, kPlace);
    return false;
  }
  return true;
}

void BedrockBlockWriter::write(const Part& part) {
  out_.beginObject();
  if (const auto* text = part.as<TextPart>()) {
    out_.field("text", text->text);
  } else if (const auto* refusal = part.as<RefusalPart>()) {
    out_.field("text", refusal->text);
  } else if (const auto* image = part.as<ImagePart>()) {
    writeImage(*image);
  } else if (const auto* document = part.as<DocumentPart>()) {
    writeDocument(*document);
  } else if (const auto* call = part.as<ToolCallPart>()) {
    writeToolUse(*call);
  } else if (const auto* result = part.as<ToolResultPart>()) {
    writeToolResult(*result);
  } else if (const auto* thinking = part.as<ThinkingPart>()) {
    writeThinking(*thinking);
  } else if (const auto* redacted = part.as<RedactedThinkingPart>()) {
    out_.key("reasoningContent").beginObject().field("redactedContent", redacted->data).endObject();
  }
  out_.endObject();
  losses_.dropExtras(part.extras, kPlace);
  if (part.cache) writeCachePoint(*part.cache, After::Content);
}

void BedrockBlockWriter::writeCachePoint(const CacheMark& mark, After place) {
  if (!(place == After::Tool ? target_.tool_cache_points : target_.cache_points))
    return losses_.hint(Field::CacheMarks, "is not known to the model");
  if (++cache_points_ > kMaxCachePoints)
    return losses_.hint(Field::CacheMarks, "is there more than four times");
  out_.beginObject().key("cachePoint").beginObject().field("type", "default");
  if (mark.ttl == CacheTtl::Long && target_.cache_ttl) out_.field("ttl", "1h");
  if (mark.ttl == CacheTtl::Long && !target_.cache_ttl)
    losses_.hint(Field::CacheMarks, "is kept for minutes only");
  out_.endObject().endObject();
}

void BedrockBlockWriter::writeImage(const ImagePart& image) {
  out_.key("image").beginObject().field("format", formatOf(kImages, image.source.media_type));
  out_.key("source").beginObject().field("bytes", image.source.data).endObject().endObject();
  if (!image.detail.empty() && image.detail != "auto")
    losses_.hint(Field::ImageDetail, "is not known to the provider");
}

// Names are to differ within a request.
std::string BedrockBlockWriter::uniqueName(std::string_view name) {
  const std::string plain = plainName(name);
  std::string unique = plain;
  int& next = next_names_.try_emplace(plain, 2).first->second;
  while (!document_names_.insert(unique).second) unique = fmt::format("{} ({})", plain, next++);
  return unique;
}

void BedrockBlockWriter::writeDocument(const DocumentPart& document) {
  const Source& source = document.source;
  if (source.kind == Source::Kind::Plain) {
    losses_.change(Field::Document, "is told as text");
    const std::string title = document.name.empty() ? "" : document.name + "\n\n";
    out_.field("text", title + source.data);
    return;
  }
  out_.key("document").beginObject().field("format", formatOf(kDocuments, source.media_type));
  out_.field("name", uniqueName(document.name));
  out_.key("source").beginObject().field("bytes", source.data).endObject().endObject();
}

void BedrockBlockWriter::writeToolUse(const ToolCallPart& call) {
  std::string input;
  if (appendInput(call, input) == Wrapped::Yes) {
    if (losses_.policy() == OnLoss::Refuse)
      losses_.refuse(Field::ToolArguments, "is no JSON object");
    else
      losses_.change(Field::ToolArguments, "is told as {\"input\": …}, being no JSON object");
  }
  out_.key("toolUse").beginObject().field("toolUseId", ids_.map(call.id)).field("name", call.name);
  out_.rawField("input", input).endObject();
}

// There must be content, and no blank text.
void BedrockBlockWriter::writeToolResult(const ToolResultPart& result) {
  out_.key("toolResult").beginObject().field("toolUseId", ids_.map(result.call_id));
  out_.key("content").beginArray();
  bool any = false;
  for (const Part& part : result.content) {
    if (!canWrite(part)) continue;
    any = true;
    out_.beginObject();
    writeResultPart(part);
    out_.endObject();
  }
  if (!any) out_.beginObject().key("json").beginObject().endObject().endObject();
  out_.endArray();
  if (result.failed) out_.field("status", "error");
  out_.endObject();
}

void BedrockBlockWriter::writeResultPart(const Part& part) {
  if (const auto* text = part.as<TextPart>())
    out_.field("text", text->text);
  else if (const auto* image = part.as<ImagePart>())
    writeImage(*image);
  else if (const auto* document = part.as<DocumentPart>())
    writeDocument(*document);
}

void BedrockBlockWriter::writeThinking(const ThinkingPart& thinking) {
  out_.key("reasoningContent").beginObject().key("reasoningText").beginObject();
  out_.field("text", thinking.text).field("signature", thinking.signature).endObject().endObject();
}

}  // namespace penstock::dialect
