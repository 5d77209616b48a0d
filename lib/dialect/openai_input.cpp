#include "dialect/openai_input.h"

#include <algorithm>

#include "dialect/estimate.h"
#include "dialect/inline_image.h"
#include "dialect/input_rules.h"
#include "dialect/rare_search.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

using namespace input_rules;

enum class Part : uint8_t { Text, Image, InlineAudio, Other };

// By its members rather than its "type": servers read those.
Part partOf(const json::ObjectIndex& part) {
  if (part.find("image_url") != nullptr) return Part::Image;
  if (part.find("input_audio") != nullptr) return Part::InlineAudio;
  const json::Member* type = part.find("type");
  const std::string name = type == nullptr ? "" : json::rawString(type->value).value_or("");
  if (name == "image" || name == "input_image") return Part::Image;
  const bool text = part.find("text") != nullptr || part.find("refusal") != nullptr;
  return text && (name.empty() || name.find("text") != std::string::npos || name == "refusal")
             ? Part::Text
             : Part::Other;
}

// Whether the messages can hold anything but texts: parts are objects in an array of a message, an
// earlier answer's sound is an object, and messages themselves nest two deep.
bool mayHoldAttachments(const json::Member& messages) { return messages.nesting > 2; }

// Calls `each` with the kind of every part of the messages, and the part, or what holds it.
template <typename Each>
void forEachPart(const OpenAiRequest& request, const Each& each) {
  const json::Member* messages = request.body.find("messages");
  if (messages == nullptr || !mayHoldAttachments(*messages)) return;
  json::forEachElement(request.content, [&each](std::string_view message) {
    json::ObjectIndex index;
    if (!json::scanObject(message, index)) return true;
    const json::Member* said = index.find("audio");  // an earlier answer, by its id
    if (said != nullptr && said->kind != json::Kind::Null) each(Part::Other, index);
    const json::Member* content = index.find("content");
    if (content == nullptr || content->kind != json::Kind::Array) return true;
    json::forEachElement(content->value, [&each](std::string_view raw) {
      json::ObjectIndex part;
      if (json::scanObject(raw, part)) each(partOf(part), part);
      return true;
    });
    return true;
  });
}

// The text of a message's content, or of one part of it.
void addContent(std::string_view raw, TextSize& text, int64_t& extra) {
  if (json::rawKind(raw) == json::Kind::String) return text.add(raw.substr(1, raw.size() - 2));
  json::forEachElement(raw, [&](std::string_view part) {
    json::ObjectIndex index;
    if (json::rawKind(part) == json::Kind::String)
      text.add(part);
    else if (!json::scanObject(part, index))
      extra += kTokensAMessage;
    else if (const json::Member* words = index.find("text"); words != nullptr)
      text.add(words->value);
    else
      extra += std::max(kTokensAnAttachment, static_cast<int64_t>(part.size()) / kBytesAToken);
    return true;
  });
}

}  // namespace

InputBound inputBound(const OpenAiRequest& request) {
  const std::string_view body = request.body.text();
  InputBound bound;
  bound.tokens = static_cast<int64_t>(body.size()) + kFraming;
  forEachPart(request, [&bound](Part kind, const json::ObjectIndex& part) {
    switch (kind) {
      case Part::Text: return;
      case Part::InlineAudio: bound.audio = true; return;
      case Part::Image:
        bound.images = true;
        bound.tokens =
            std::min(bound.tokens + kTokensAnImage, kMostTokens) - inlineImageBytes(part);
        return;
      case Part::Other:
        bound.images = bound.audio = true;
        bound.tokens = std::min(bound.tokens + kTokensAnythingElse, kMostTokens);
        return;
    }
  });
  return bound;
}

bool mayCacheLong(const ChatView& request) {
  // {"cache_control":{"type":"ephemeral","ttl":"1h"}}, where an escape may hide a letter.
  const std::string_view body = request.body.text();
  return holdsWord(body, R"("1h")", 1) || holdsWord(body, R"(\u0031)", 0) ||
         (holdsWord(body, R"(\u00)", 0) && holdsWord(body, "cache_control", 5));
}

int64_t estimateInput(const OpenAiRequest& request) {
  TextSize text;
  int64_t extra = 0;
  for (const char* key : {"tools", "functions", "response_format"}) {
    if (const json::Member* member = request.body.find(key)) text.add(member->value);
  }
  if (request.body.find("messages") == nullptr) {
    addContent(request.content, text, extra);
    return text.tokens() + extra;
  }
  extra += kTokensAReply;
  json::forEachElement(request.content, [&](std::string_view message) {
    json::ObjectIndex index;
    extra += kTokensAMessage;
    if (!json::scanObject(message, index)) return true;
    for (const json::Member& member : index) {
      if (member.key == "content")
        addContent(member.value, text, extra);
      else if (member.key != "role")
        text.add(member.value);
    }
    return true;
  });
  return text.tokens() + extra;
}

}  // namespace penstock::dialect
