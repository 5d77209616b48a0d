// {"type":"message","role":"user","content":"…"|[{"type":"input_text","text":"…"},
//   {"type":"input_image","image_url":"…","detail":"auto"},{"type":"input_file","file_data":"…"}]}
// {"type":"message","role":"assistant","content":[{"type":"output_text","text":"…"}]}
// {"type":"reasoning","id":"rs_…","summary":[{"type":"summary_text","text":"…"}],
//   "encrypted_content":"…"}
// {"type":"function_call","call_id":"…","name":"…","arguments":"{…}"}
// {"type":"function_call_output","call_id":"…","output":"…"|[…]}
#include "dialect/responses_item_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialect/name_list.h"
#include "dialect/openai_message_reader.h"
#include "dialect/responses_reasoning.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

constexpr std::string_view kItemMark = "item";

Part otherItem(ValueRef item) {
  return {.value = OtherPart{std::string(item.stringAt("type").value_or("")), item.text()},
          .extras = {{std::string(kItemMark), "true"}}};
}

// The server's own notes on an item.
bool isBookkeeping(std::string_view key) {
  return key == "type" || key == "id" || key == "status" || key == "object";
}

// The texts of [{"text":"…"}], as paragraphs.
std::string paragraphs(const std::optional<ValueRef>& parts) {
  std::string text;
  if (!parts) return text;
  for (const ValueRef part : parts->elements()) {
    if (!text.empty()) text += "\n\n";
    text += part.stringAt("text").value_or("");
  }
  return text;
}

bool readText(Reading& reading, ValueRef value, Part& part) {
  const auto text = value.find("text");
  if (!text) {
    reading.failMissing(value, "text");
    return true;
  }
  part.value = TextPart{reading.text(*text)};
  return true;
}

bool readRefusal(Reading&, ValueRef value, Part& part) {
  part.value = RefusalPart{std::string(value.stringAt("refusal").value_or(""))};
  return true;
}

bool readImage(Reading& reading, ValueRef value, Part& part) {
  ImagePart image;
  if (const auto url = value.stringAt("image_url"))
    image.source = sourceOfUrl(std::string(*url));
  else if (const auto id = value.stringAt("file_id"))
    image.source = {.kind = Source::Kind::FileId, .media_type = {}, .data = std::string(*id)};
  else
    reading.failMissing(value, "image_url");
  image.detail = value.stringAt("detail").value_or("");
  part.value = std::move(image);
  return true;
}

bool readFile(Reading& reading, ValueRef value, Part& part) {
  DocumentPart document;
  document.name = value.stringAt("filename").value_or("");
  if (const auto data = value.stringAt("file_data")) {
    document.source = sourceOfUrl(std::string(*data));
    // Bare base64 is a PDF, as it is for OpenAI.
    if (document.source.kind == Source::Kind::Url)
      document.source = {.kind = Source::Kind::Base64,
                         .media_type = "application/pdf",
                         .data = std::move(document.source.data)};
  } else if (const auto url = value.stringAt("file_url")) {
    document.source = {.kind = Source::Kind::Url, .media_type = {}, .data = std::string(*url)};
  } else if (const auto id = value.stringAt("file_id")) {
    document.source = {.kind = Source::Kind::FileId, .media_type = {}, .data = std::string(*id)};
  } else {
    reading.failMissing(value, "file_data");
  }
  part.value = std::move(document);
  return true;
}

bool readAudio(Reading&, ValueRef value, Part& part) {
  const auto audio = value.find("input_audio");
  if (!audio) return false;
  part.value = AudioPart{std::string(audio->stringAt("format").value_or("")),
                         std::string(audio->stringAt("data").value_or(""))};
  return true;
}

struct PartType {
  std::string_view type;
  std::string_view members;  // that are read: isListed()
  bool (*read)(Reading&, ValueRef, Part&);
};

constexpr PartType kPartTypes[] = {
    {"input_text", " text ", readText},
    {"output_text", " text ", readText},
    {"text", " text ", readText},
    {"refusal", " refusal ", readRefusal},
    {"input_image", " image_url file_id detail ", readImage},
    {"input_file", " filename file_data file_url file_id ", readFile},
    {"input_audio", " input_audio ", readAudio},
};

std::optional<Role> roleOf(std::string_view word) {
  if (word == "user") return Role::User;
  if (word == "assistant") return Role::Assistant;
  if (word == "system") return Role::System;
  if (word == "developer") return Role::Developer;
  return std::nullopt;
}

bool holdsContent(const Message& message) {
  return std::any_of(message.parts.begin(), message.parts.end(), [](const Part& part) {
    return part.is<TextPart>() || part.is<RefusalPart>();
  });
}

bool holdsCalls(const Message& message) {
  return std::any_of(message.parts.begin(), message.parts.end(),
                     [](const Part& part) { return part.is<ToolCallPart>(); });
}

void keepOthers(ValueRef item, std::string_view members, Extras& extras) {
  for (const auto [key, value] : item.members()) {
    if (value.isNull() || isBookkeeping(key) || isListed(members, key)) continue;
    const bool kept = std::any_of(extras.begin(), extras.end(),
                                  [key = key](const Extra& extra) { return extra.name == key; });
    if (!kept) keep(extras, key, value);
  }
}

}  // namespace

bool isItem(const Part& part) {
  return part.is<OtherPart>() && !part.extras.empty() && part.extras.front().name == kItemMark;
}

void ResponsesItemReader::read(ValueRef item) {
  if (!reading_.isObject(item)) return;
  const std::string_view type =
      item.stringAt("type").value_or(item.find("role") ? "message" : "item_reference");
  if (type == "message")
    readMessage(item);
  else if (type == "reasoning")
    readReasoning(item);
  else if (type == "function_call")
    readCall(item, ToolKind::Function);
  else if (type == "custom_tool_call")
    readCall(item, ToolKind::Custom);
  else if (type == "function_call_output" || type == "custom_tool_call_output")
    readResult(item);
  else if (type == "item_reference")
    reading_.fail(item, "refers to an item that is not stored here");
  else
    assistant().parts.push_back(otherItem(item));
}

// The message that the model's items are parts of.
Message& ResponsesItemReader::assistant() {
  if (messages_.empty() || messages_.back().role != Role::Assistant)
    messages_.push_back({.role = Role::Assistant});
  return messages_.back();
}

Part ResponsesItemReader::readPart(ValueRef value) {
  Part part;
  if (!reading_.isObject(value)) return part;
  const std::string_view type = value.stringAt("type").value_or("");
  const auto* known = std::find_if(std::begin(kPartTypes), std::end(kPartTypes),
                                   [type](const PartType& row) { return row.type == type; });
  if (known == std::end(kPartTypes) || !known->read(reading_, value, part)) {
    part.value = OtherPart{std::string(type), value.text()};
    return part;
  }
  for (const auto [key, member] : value.members()) {
    if (key == "type" || member.isNull() || isListed(known->members, key)) continue;
    if (key == "prompt_cache_breakpoint")
      part.cache = readCacheMark(member);
    else
      keep(part.extras, key, member);
  }
  return part;
}

std::vector<Part> ResponsesItemReader::readContent(ValueRef content) {
  std::vector<Part> parts;
  if (content.isString()) {
    parts.push_back({.value = TextPart{reading_.text(content)}});
  } else if (reading_.isArray(content)) {
    parts.reserve(content.size());
    for (const ValueRef part : content.elements()) parts.push_back(readPart(part));
  }
  return parts;
}

void ResponsesItemReader::readMessage(ValueRef item) {
  const auto word = item.find("role");
  if (!word) return reading_.failMissing(item, "role");
  const auto role = roleOf(reading_.text(*word));
  if (!role) return reading_.fail(*word, "is none of system, developer, user and assistant");
  if (!item.find("content")) return reading_.failMissing(item, "content");
  if (*role == Role::Assistant) return readAssistant(item);
  Message message{.role = *role, .parts = readContent(*item.find("content"))};
  keepOthers(item, " role content ", message.extras);
  messages_.push_back(std::move(message));
}

void ResponsesItemReader::readAssistant(ValueRef item) {
  const bool begins = !messages_.empty() && messages_.back().role == Role::Assistant &&
                      holdsContent(messages_.back()) && !holdsCalls(messages_.back());
  if (begins) messages_.push_back({.role = Role::Assistant});
  Message& message = assistant();
  std::vector<Part> parts = readContent(*item.find("content"));
  std::move(parts.begin(), parts.end(), std::back_inserter(message.parts));
  keepOthers(item, " role content ", message.extras);
}

void ResponsesItemReader::readReasoning(ValueRef item) {
  std::string text = paragraphs(item.find("summary"));
  if (text.empty()) text = paragraphs(item.find("content"));
  assistant().parts.push_back(thinkingOf(item.stringAt("id").value_or(""), std::move(text),
                                         item.stringAt("encrypted_content").value_or("")));
}

void ResponsesItemReader::readCall(ValueRef item, ToolKind kind) {
  Part part;
  ToolCallPart call{.id = std::string(item.stringAt("call_id").value_or("")),
                    .name = std::string(item.stringAt("name").value_or("")),
                    .arguments = {},
                    .kind = kind};
  const char* key = kind == ToolKind::Custom ? "input" : "arguments";
  call.arguments = item.stringAt(key).value_or("");
  if (call.id.empty()) reading_.failMissing(item, "call_id");
  if (call.name.empty()) reading_.failMissing(item, "name");
  part.value = std::move(call);
  keepOthers(item, " call_id name arguments input ", part.extras);
  assistant().parts.push_back(std::move(part));
}

void ResponsesItemReader::readResult(ValueRef item) {
  Message message;
  ToolResultPart result;
  result.call_id = item.stringAt("call_id").value_or("");
  if (result.call_id.empty()) reading_.failMissing(item, "call_id");
  const auto output = item.find("output");
  if (!output) return reading_.failMissing(item, "output");
  result.content = readContent(*output);
  keepOthers(item, " call_id output name ", message.extras);
  message.parts.push_back({.value = std::move(result)});
  messages_.push_back(std::move(message));
}

}  // namespace penstock::dialect
