// {"type":"text","text":"…","cache_control":{"type":"ephemeral","ttl":"1h"}}
// {"type":"image","source":{"type":"base64","media_type":"image/png","data":"…"}}
// {"type":"document","source":{"type":"url","url":"…"},"title":"…"}
// {"type":"tool_use","id":"…","name":"…","input":{…}}
// {"type":"tool_result","tool_use_id":"…","content":"…"|[…],"is_error":true}
// {"type":"thinking","thinking":"…","signature":"…"}
#include "dialect/anthropic_block_reader.h"

#include <algorithm>
#include <iterator>

#include "dialect/name_list.h"
#include "dialect/openai_message_reader.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

// Nothing for a source that is itself blocks, and for kinds that are not known.
std::optional<Source> readSource(ValueRef value) {
  const std::string_view type = value.stringAt("type").value_or("");
  const auto text = [&value](std::string_view key) {
    return std::string(value.stringAt(key).value_or(""));
  };
  if (type == "base64") return Source{Source::Kind::Base64, text("media_type"), text("data")};
  if (type == "text") return Source{Source::Kind::Plain, text("media_type"), text("data")};
  if (type == "url") return Source{Source::Kind::Url, {}, text("url")};
  if (type == "file") return Source{Source::Kind::FileId, {}, text("file_id")};
  return std::nullopt;
}

// Reads members of a block and says which they were; the others are the part's extras. False: the
// block is kept as it is.
using ReadMembers = bool (*)(Reading&, ValueRef block, Part& part);

bool readText(Reading& reading, ValueRef block, Part& part) {
  const auto text = block.find("text");
  if (!text) {
    reading.failMissing(block, "text");
    return true;
  }
  part.value = TextPart{reading.text(*text)};
  return true;
}

bool readImage(Reading&, ValueRef block, Part& part) {
  const auto value = block.find("source");
  auto source = value ? readSource(*value) : std::nullopt;
  if (!source) return false;
  part.value = ImagePart{std::move(*source), {}};
  return true;
}

bool readDocument(Reading&, ValueRef block, Part& part) {
  const auto value = block.find("source");
  auto source = value ? readSource(*value) : std::nullopt;
  if (!source) return false;
  part.value = DocumentPart{std::move(*source), std::string(block.stringAt("title").value_or(""))};
  return true;
}

bool readToolUse(Reading& reading, ValueRef block, Part& part) {
  ToolCallPart call;
  call.id = block.stringAt("id").value_or("");
  call.name = block.stringAt("name").value_or("");
  const auto input = block.find("input");
  if (input) call.arguments = input->text();
  if (call.id.empty()) reading.failMissing(block, "id");
  if (call.name.empty()) reading.failMissing(block, "name");
  part.value = std::move(call);
  return true;
}

bool readToolResult(Reading& reading, ValueRef block, Part& part) {
  ToolResultPart result;
  result.call_id = block.stringAt("tool_use_id").value_or("");
  if (result.call_id.empty()) reading.failMissing(block, "tool_use_id");
  const auto failed = block.find("is_error");
  result.failed = failed && failed->asBool().value_or(false);
  const auto content = block.find("content");
  if (content && !content->isNull()) result.content = readBlocks(reading, *content);
  part.value = std::move(result);
  return true;
}

bool readThinking(Reading&, ValueRef block, Part& part) {
  part.value = ThinkingPart{std::string(block.stringAt("thinking").value_or("")),
                            std::string(block.stringAt("signature").value_or(""))};
  return true;
}

bool readRedacted(Reading&, ValueRef block, Part& part) {
  part.value = RedactedThinkingPart{std::string(block.stringAt("data").value_or(""))};
  return true;
}

struct BlockType {
  std::string_view type;
  std::string_view members;  // that are read: isListed()
  ReadMembers read;
};

constexpr BlockType kBlockTypes[] = {
    {"text", " text ", readText},
    {"image", " source ", readImage},
    {"document", " source title ", readDocument},
    {"tool_use", " id name input ", readToolUse},
    {"tool_result", " tool_use_id content is_error ", readToolResult},
    {"thinking", " thinking signature ", readThinking},
    {"redacted_thinking", " data ", readRedacted},
};

}  // namespace

Part readBlock(Reading& reading, ValueRef block) {
  Part part;
  if (!reading.isObject(block)) return part;
  const std::string_view type = block.stringAt("type").value_or("");
  const auto* known = std::find_if(std::begin(kBlockTypes), std::end(kBlockTypes),
                                   [type](const BlockType& row) { return row.type == type; });
  if (known == std::end(kBlockTypes) || !known->read(reading, block, part)) {
    part.value = OtherPart{std::string(type), block.text()};
    return part;
  }
  for (const auto [key, value] : block.members()) {
    if (value.isNull() || key == "type" || isListed(known->members, key)) continue;
    if (key == "cache_control")
      part.cache = readCacheMark(value);
    else
      keep(part.extras, key, value);
  }
  return part;
}

std::vector<Part> readBlocks(Reading& reading, ValueRef content) {
  std::vector<Part> parts;
  if (content.isString()) {
    parts.push_back({.value = TextPart{reading.text(content)}});
  } else if (reading.isArray(content)) {
    parts.reserve(content.size());
    for (const ValueRef block : content.elements()) parts.push_back(readBlock(reading, block));
  }
  return parts;
}

}  // namespace penstock::dialect
