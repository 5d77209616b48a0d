// {"text":"…","thought":true,"thoughtSignature":"…"}
// {"inlineData":{"mimeType":"image/png","data":"…"},"mediaResolution":{"level":"…"}}
// {"fileData":{"mimeType":"application/pdf","fileUri":"https://…"}}
// {"functionCall":{"id":"…","name":"f","args":{…}},"thoughtSignature":"…"}
// {"functionResponse":{"id":"…","name":"f","response":{…},"parts":[{"inlineData":…}]}}
#include "dialect/gemini_part_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "dialect/gemini_wire.h"
#include "dialect/name_list.h"
#include "dialect/thought_signature.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

constexpr std::string_view kResolution = "MEDIA_RESOLUTION_";

std::string audioFormat(std::string_view media_type) {
  const std::string_view format = media_type.substr(media_type.find('/') + 1);
  if (format == "mpeg") return "mp3";
  return std::string(format == "x-wav" ? "wav" : format);
}

// A file of Google's own: uploaded there, or in its storage.
bool isOwnFile(std::string_view uri) {
  return !uri.starts_with("http") ||
         uri.find("://generativelanguage.googleapis.com/") != std::string_view::npos;
}

void readAttachment(Source source, std::string name, Part& part) {
  if (source.media_type.starts_with("image/"))
    part.value = ImagePart{std::move(source), {}};
  else if (source.media_type.starts_with("audio/") && source.kind == Source::Kind::Base64)
    part.value = AudioPart{audioFormat(source.media_type), std::move(source.data)};
  else
    part.value = DocumentPart{std::move(source), std::move(name)};
}

void readInline(ValueRef value, Part& part) {
  readAttachment({Source::Kind::Base64, textOf(value, "mimeType"), textOf(value, "data")},
                 textOf(value, "displayName"), part);
}

void readFile(ValueRef value, Part& part) {
  std::string uri = textOf(value, "fileUri");
  const auto kind = isOwnFile(uri) ? Source::Kind::FileId : Source::Kind::Url;
  readAttachment({kind, textOf(value, "mimeType"), std::move(uri)}, textOf(value, "displayName"),
                 part);
}

// {"level":"MEDIA_RESOLUTION_LOW"}; false when it is anything else.
bool readResolution(ValueRef value, Part& part) {
  auto* image = std::get_if<ImagePart>(&part.value);
  const std::string level = textOf(value, "level");
  if (image == nullptr || !level.starts_with(kResolution) || value.size() != 1) return false;
  image->detail = asciiLower(level.substr(kResolution.size()));
  return true;
}

// The response is an object by itself; {"output":"text"} and {"error":"text"} stand for a text.
void readResponse(ValueRef response, ToolResultPart& result) {
  const bool alone = response.isObject() && response.size() == 1;
  const auto error = response.find("error");
  const auto output = response.find("output");
  std::string text = response.text();
  result.failed = alone && error.has_value();
  const auto told = alone ? (error ? error : output) : std::nullopt;
  if (told && told->isString() && !told->asString()->starts_with('{')) text = *told->asString();
  result.content.push_back({.value = TextPart{std::move(text)}});
}

// What else is in a call or result, by names with their place: "functionResponse.scheduling".
void keepRest(ValueRef value, const std::string& place, std::string_view known, Part& part) {
  for (const auto [name, member] : value.members())
    if (!member.isNull() && !isShadowed(value, name) && !isListed(known, camelCase(name)))
      keep(part.extras, place + camelCase(name), member);
}

}  // namespace

GeminiPartReader::GeminiPartReader(Reading& reading, std::string_view answer_id)
    : reading_(reading),
      id_prefix_(std::string(kMintedCallId) +
                 (answer_id.empty() ? "" : std::string(answer_id.substr(0, 28)) + "_")) {}

void GeminiPartReader::read(ValueRef parts, std::vector<Part>& into) {
  if (!reading_.isArray(parts)) return;
  for (const ValueRef value : parts.elements()) {
    Part part;
    if (!reading_.isObject(value)) continue;
    if (!readValue(value, part)) {
      const std::string kind = value.size() == 0 ? "part" : camelCase(value.keyAt(0));
      part = {.value = OtherPart{kind, value.text()}};
    }
    const auto* thought = part.as<ThinkingPart>();
    auto* before = into.empty() ? nullptr : std::get_if<ThinkingPart>(&into.back().value);
    if (thought != nullptr && before != nullptr && before->signature.empty() &&
        part.extras.empty()) {
      before->text += thought->text;
      before->signature = thought->signature;
    } else {
      into.push_back(std::move(part));
    }
  }
}

// False: the part is kept as it is.
bool GeminiPartReader::readValue(ValueRef value, Part& part) {
  bool thought = false, known = false;
  std::string signature;
  std::optional<ValueRef> resolution;
  for (const auto [name, member] : value.members()) {
    if (member.isNull() || isShadowed(value, name)) continue;
    const std::string key = camelCase(name);
    const bool first = !known;
    known = true;
    if (key == "text" && first)
      part.value = TextPart{reading_.text(member)};
    else if (key == "inlineData" && first)
      readInline(member, part);
    else if (key == "fileData" && first)
      readFile(member, part);
    else if (key == "functionCall" && first)
      readCall(member, part);
    else if (key == "functionResponse" && first)
      readResult(member, part);
    else if (known = !first; key == "thought")
      thought = member.asBool().value_or(false);
    else if (key == "thoughtSignature")
      signature = member.asString().value_or("");
    else if (key == "mediaResolution")
      resolution = member;
    else
      keep(part.extras, key, member);
  }
  if (resolution && !readResolution(*resolution, part))
    keep(part.extras, "mediaResolution", *resolution);
  // A signature may come alone, with nothing that it signs.
  if (!known && signature.empty()) return false;
  const WireThought sign = thoughtOfGemini(signature);
  if (!thought) {
    part.signature = sign.text;
  } else if (const auto* text = part.as<TextPart>()) {
    if (sign.kind == ThoughtKind::Redacted)
      part.value = RedactedThinkingPart{sign.text};
    else
      part.value = ThinkingPart{text->text, sign.text};
  }
  return !thought || part.is<ThinkingPart>() || part.is<RedactedThinkingPart>();
}

void GeminiPartReader::readCall(ValueRef value, Part& part) {
  ToolCallPart call;
  call.id = textOf(value, "id");
  call.name = textOf(value, "name");
  if (call.id.empty()) call.id = id_prefix_ + std::to_string(minted_++);
  if (const auto args = memberOf(value, "args")) call.arguments = args->text();
  if (call.name.empty()) reading_.failMissing(value, "name");
  open_.emplace_back(call.name, call.id);
  keepRest(value, "functionCall.", " id name args ", part);
  part.value = std::move(call);
}

std::string GeminiPartReader::idOf(ValueRef result) {
  const std::string id = textOf(result, "id"), name = textOf(result, "name");
  const auto call = std::find_if(open_.begin(), open_.end(), [&](const auto& open) {
    return id.empty() ? open.first == name : open.second == id;
  });
  if (call == open_.end()) return id.empty() ? name : id;
  std::string found = std::move(call->second);
  open_.erase(call);
  return found;
}

void GeminiPartReader::readResult(ValueRef value, Part& part) {
  ToolResultPart result;
  result.call_id = idOf(value);
  if (result.call_id.empty()) reading_.failMissing(value, "name");
  if (const auto response = memberOf(value, "response")) readResponse(*response, result);
  if (const auto parts = memberOf(value, "parts")) read(*parts, result.content);
  keepRest(value, "functionResponse.", " id name response parts ", part);
  part.value = std::move(result);
}

}  // namespace penstock::dialect
