#include "dialect/responses_input.h"

#include <algorithm>

#include "dialect/estimate.h"
#include "dialect/inline_image.h"
#include "dialect/input_rules.h"
#include "dialect/json_members.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

using namespace input_rules;

enum class Kind : uint8_t { Text, Image, Audio, Other };

Kind kindOfPart(const json::ObjectIndex& part) {
  const std::string type = textAt(part, "type");
  if (type == "input_image") return Kind::Image;
  if (type == "input_audio") return Kind::Audio;
  for (const char* text : {"input_text", "output_text", "text", "refusal"})
    if (type == text) return Kind::Text;
  return Kind::Other;
}

// Whether all that an item holds is in it, but for the parts of `parts`, the member with them.
bool isSelfContained(const json::ObjectIndex& item, std::string_view& parts) {
  const std::string type = textAt(item, "type");
  parts = {};
  if (type == "reasoning" || type == "function_call" || type == "custom_tool_call") return true;
  if (type == "message" || (type.empty() && item.find("role") != nullptr)) {
    parts = "content";
    return true;
  }
  if (type != "function_call_output" && type != "custom_tool_call_output") return false;
  parts = "output";
  return true;
}

// Calls each(kind, object, raw) with what the items hold: texts as Text with the object that has
// them, a bare text without.
template <typename Each>
void forEachPart(std::string_view input, const Each& each) {
  constexpr const json::ObjectIndex* kBare = nullptr;
  if (json::rawKind(input) == json::Kind::String) return each(Kind::Text, kBare, input);
  json::forEachElement(input, [&each](std::string_view raw) {
    json::ObjectIndex item, part;
    std::string_view key;
    if (!json::scanObject(raw, item)) return true;
    if (!isSelfContained(item, key)) {
      each(Kind::Other, kBare, raw);
      return true;
    }
    const json::Member* parts = key.empty() ? nullptr : item.find(key);
    if (parts == nullptr) {
      each(Kind::Text, static_cast<const json::ObjectIndex*>(&item), raw);
    } else if (parts->kind != json::Kind::Array) {
      each(Kind::Text, kBare, parts->value);
    } else {
      json::forEachElement(parts->value, [&](std::string_view element) {
        if (json::scanObject(element, part))
          each(kindOfPart(part), static_cast<const json::ObjectIndex*>(&part), element);
        return true;
      });
    }
    return true;
  });
}

bool hasContext(const ResponsesRequest& request) {
  return !request.previous_response_id.empty() || !request.conversation.empty() ||
         presentAt(request.body, "prompt") != nullptr;
}

}  // namespace

InputBound boundResponsesInput(const ResponsesRequest& request) {
  InputBound bound;
  bound.tokens = static_cast<int64_t>(request.body.text().size()) + kFraming;
  bound.tokens = std::min(bound.tokens + request.unwritten_tokens, kMostTokens);
  const auto add = [&bound](Kind kind) {
    const bool other = kind == Kind::Other;
    if (kind == Kind::Image || other) {
      bound.images = true;
      bound.tokens =
          std::min(bound.tokens + (other ? kTokensAnythingElse : kTokensAnImage), kMostTokens);
    }
    if (kind == Kind::Audio || other) bound.audio = true;
  };
  if (hasContext(request)) add(Kind::Other);
  if (!request.content.empty())
    forEachPart(request.content, [&](Kind kind, const json::ObjectIndex* part, std::string_view) {
      add(kind);
      if (kind == Kind::Image && part != nullptr) bound.tokens -= inlineImageBytes(*part);
    });
  return bound;
}

int64_t estimateResponsesInput(const ResponsesRequest& request) {
  TextSize text;
  int64_t extra = kTokensAReply;
  for (const char* key : {"instructions", "tools", "text"})
    if (const json::Member* member = presentAt(request.body, key)) text.add(member->value);
  if (presentAt(request.body, "instructions") != nullptr) extra += kTokensAMessage;
  if (request.content.empty()) return text.tokens() + extra;
  if (json::rawKind(request.content) == json::Kind::String) extra += kTokensAMessage;
  if (json::rawKind(request.content) == json::Kind::Array)
    json::forEachElement(request.content, [&extra](std::string_view) {
      extra += kTokensAMessage;
      return true;
    });
  forEachPart(request.content, [&](Kind kind, const json::ObjectIndex* held, std::string_view raw) {
    if (kind != Kind::Text) {
      extra += std::max(kTokensAnAttachment, static_cast<int64_t>(raw.size()) / kBytesAToken);
      return;
    }
    if (held == nullptr) return text.add(raw);
    for (const char* key : {"text", "refusal", "summary", "name", "arguments", "input"})
      if (const json::Member* member = held->find(key)) text.add(member->value);
  });
  return text.tokens() + extra;
}

}  // namespace penstock::dialect
