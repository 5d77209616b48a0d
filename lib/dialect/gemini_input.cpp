#include "dialect/gemini_input.h"

#include <algorithm>

#include "dialect/estimate.h"
#include "dialect/gemini_wire.h"
#include "dialect/input_rules.h"
#include "dialect/json_members.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

using namespace input_rules;

// Data or a file within a part; null for texts, calls and results without any.
const json::Member* attachmentIn(const json::ObjectIndex& part) {
  for (const char* key : {"inlineData", "inline_data", "fileData", "file_data"})
    if (const json::Member* member = presentAt(part, key)) return member;
  return nullptr;
}

// The most tokens of an attachment beyond the bytes that it takes in the request: a picture's data
// are no text to the model.
int64_t tokensOf(const json::Member& attachment) {
  json::ObjectIndex index;
  if (!json::scanObject(attachment.value, index)) return kTokensAnythingElse;
  const std::string camel = textAt(index, "mimeType");
  const bool image = (camel.empty() ? textAt(index, "mime_type") : camel).starts_with("image/");
  const json::Member* data = index.find("data");
  const auto bytes = data == nullptr ? 0 : static_cast<int64_t>(data->value.size());
  return image ? kTokensAnImage - bytes : kTokensAnythingElse;
}

// Calls each(part) with the parts of a content, those of functionResponse after their response.
template <typename Each>
void forEachPart(std::string_view content, const Each& each) {
  json::ObjectIndex index;
  if (!json::scanObject(content, index)) return;
  const json::Member* parts = index.find("parts");
  if (parts == nullptr || parts->kind != json::Kind::Array) return;
  json::forEachElement(parts->value, [&each](std::string_view raw) {
    json::ObjectIndex part;
    if (!json::scanObject(raw, part)) return true;
    each(part);
    for (const char* key : {"functionResponse", "function_response"})
      if (const json::Member* response = presentAt(part, key)) forEachPart(response->value, each);
    return true;
  });
}

template <typename Each>
void forEachContent(const GeminiRequest& request, const Each& each) {
  if (json::rawKind(request.content) == json::Kind::Object) return each(request.content);
  json::forEachElement(request.content, [&each](std::string_view content) {
    each(content);
    return true;
  });
}

template <typename Each>
void forEachContent(const GeminiEmbedRequest& request, const Each& each) {
  for (size_t i = 0; i < request.size(); ++i)
    if (const json::Member* content = request.at(i).find("content")) each(content->value);
}

template <typename Request>
InputBound boundOf(const Request& request, bool cached) {
  InputBound bound;
  bound.tokens = static_cast<int64_t>(request.body.text().size()) + kFraming;
  const auto add = [&bound](int64_t tokens) {
    bound.images = true;
    bound.tokens = std::min(bound.tokens + tokens, kMostTokens);
  };
  if (cached) add(kTokensAnythingElse);
  forEachContent(request, [&add](std::string_view content) {
    forEachPart(content, [&add](const json::ObjectIndex& part) {
      const json::Member* attachment = attachmentIn(part);
      if (attachment != nullptr) add(tokensOf(*attachment));
    });
  });
  return bound;
}

// Adds up parts by the rules of estimate.h.
struct PartSum {
  TextSize text;
  int64_t extra = 0;

  void add(const json::ObjectIndex& part) {
    if (const json::Member* attachment = attachmentIn(part)) {
      extra += std::max(kTokensAnAttachment,
                        static_cast<int64_t>(attachment->value.size()) / kBytesAToken);
      return;
    }
    for (const json::Member& member : part)
      if (camelCase(member.key) != "thoughtSignature") text.add(member.value);
  }
};

}  // namespace

InputBound boundGeminiInput(const GeminiRequest& request) {
  return boundOf(request, request.member("cachedContent") != nullptr);
}

InputBound boundGeminiInput(const GeminiEmbedRequest& request) { return boundOf(request, false); }

int64_t estimateGeminiInput(const GeminiRequest& request) {
  PartSum sum;
  sum.extra = kTokensAReply;
  for (const char* key : {"tools", "responseSchema", "responseJsonSchema"})
    if (const json::Member* member = request.member(key)) sum.text.add(member->value);
  const auto count = [&sum](const json::ObjectIndex& part) { sum.add(part); };
  if (const json::Member* system = request.member("systemInstruction"))
    forEachPart(system->value, count);
  forEachContent(request, [&](std::string_view content) {
    sum.extra += kTokensAMessage;
    forEachPart(content, count);
  });
  return sum.text.tokens() + sum.extra;
}

int64_t estimateGeminiInput(const GeminiEmbedRequest& request) {
  PartSum sum;
  forEachContent(request, [&sum](std::string_view content) {
    forEachPart(content, [&sum](const json::ObjectIndex& part) { sum.add(part); });
  });
  for (size_t i = 0; i < request.size(); ++i)
    if (const json::Member* title = request.at(i).find("title")) sum.text.add(title->value);
  return sum.text.tokens() + sum.extra;
}

}  // namespace penstock::dialect
