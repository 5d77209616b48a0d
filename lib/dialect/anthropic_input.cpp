#include "dialect/anthropic_input.h"

#include <algorithm>

#include "dialect/estimate.h"
#include "dialect/input_rules.h"
#include "dialect/json_members.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

using namespace input_rules;

enum class BlockKind : uint8_t { Text, Image, Result, Other };

// By their "type"; what only holds text is text.
BlockKind kindOf(const json::ObjectIndex& block) {
  const std::string type = textAt(block, "type");
  if (type == "image") return BlockKind::Image;
  if (type == "tool_result") return BlockKind::Result;
  for (const char* text : {"text", "tool_use", "thinking", "redacted_thinking", "search_result"})
    if (type == text) return BlockKind::Text;
  json::ObjectIndex source;
  const bool plain =
      type == "document" && scanAt(block, "source", source) && textAt(source, "type") == "text";
  return plain ? BlockKind::Text : BlockKind::Other;
}

// Calls each(kind, block, raw) with the blocks of a content, those of results of tools in their
// place; a bare text is each(Text, nullptr, raw).
template <typename Each>
void forEachBlock(std::string_view content, const Each& each) {
  if (json::rawKind(content) == json::Kind::String)
    return each(BlockKind::Text, static_cast<const json::ObjectIndex*>(nullptr), content);
  if (json::rawKind(content) != json::Kind::Array) return;
  json::forEachElement(content, [&each](std::string_view raw) {
    json::ObjectIndex block;
    if (!json::scanObject(raw, block)) return true;
    const BlockKind kind = kindOf(block);
    const json::Member* inner = block.find("content");
    if (kind != BlockKind::Result)
      each(kind, static_cast<const json::ObjectIndex*>(&block), raw);
    else if (inner != nullptr)
      forEachBlock(inner->value, each);
    return true;
  });
}

template <typename Each>
void forEachMessageBlock(const AnthropicRequest& request, const Each& each) {
  json::forEachElement(request.content, [&each](std::string_view message) {
    json::ObjectIndex index;
    if (!json::scanObject(message, index)) return true;
    if (const json::Member* content = index.find("content")) forEachBlock(content->value, each);
    return true;
  });
}

// A picture within the request is no text to the model.
int64_t inlineBytes(const json::ObjectIndex* image) {
  json::ObjectIndex source;
  if (image == nullptr || !scanAt(*image, "source", source) || textAt(source, "type") != "base64")
    return 0;
  const json::Member* data = source.find("data");
  return data == nullptr ? 0 : static_cast<int64_t>(data->value.size());
}

}  // namespace

InputBound boundAnthropicInput(const AnthropicRequest& request) {
  InputBound bound;
  bound.tokens = static_cast<int64_t>(request.body.text().size()) + kFraming;
  const auto add = [&bound](int64_t tokens) {
    bound.images = true;
    bound.tokens = std::min(bound.tokens + tokens, kMostTokens);
  };
  forEachMessageBlock(request,
                      [&](BlockKind kind, const json::ObjectIndex* block, std::string_view) {
                        if (kind == BlockKind::Image) add(kTokensAnImage - inlineBytes(block));
                        if (kind == BlockKind::Other) add(kTokensAnythingElse);
                      });
  return bound;
}

int64_t estimateAnthropicInput(const AnthropicRequest& request) {
  TextSize text;
  int64_t extra = 0;
  for (const char* key : {"tools", "output_config"})
    if (const json::Member* member = request.body.find(key)) text.add(member->value);
  const auto count = [&](BlockKind kind, const json::ObjectIndex* block, std::string_view raw) {
    if (kind != BlockKind::Text) {
      extra += std::max(kTokensAnAttachment, static_cast<int64_t>(raw.size()) / kBytesAToken);
      return;
    }
    if (block == nullptr) return text.add(raw);
    for (const json::Member& member : *block)
      if (member.key != "type" && member.key != "cache_control" && member.key != "signature")
        text.add(member.value);
  };
  if (const json::Member* system = request.body.find("system")) forEachBlock(system->value, count);
  extra += kTokensAReply;
  json::forEachElement(request.content, [&extra](std::string_view) {
    extra += kTokensAMessage;
    return true;
  });
  forEachMessageBlock(request, count);
  return text.tokens() + extra;
}

}  // namespace penstock::dialect
