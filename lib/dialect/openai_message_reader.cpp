// {"role":"user","content":"…"|[{"type":"text","text":"…"},{"type":"image_url","image_url":{…}}]}
// {"role":"assistant","content":"…"|null,"tool_calls":[{"id":"…","type":"function",
//   "function":{"name":"…","arguments":"{…}"}}]}
// {"role":"tool","tool_call_id":"…","content":"…"}
#include "dialect/openai_message_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialect/thought_signature.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

ImagePart readImage(Reading& reading, ValueRef value) {
  ImagePart image;
  // Some clients write the URL alone.
  const auto url = value.isString() ? std::optional(value) : value.find("url");
  if (!url) {
    reading.failMissing(value, "url");
    return image;
  }
  image.source = sourceOfUrl(reading.text(*url));
  image.detail = value.stringAt("detail").value_or("");
  return image;
}

DocumentPart readFile(Reading& reading, ValueRef value) {
  DocumentPart document;
  document.name = value.stringAt("filename").value_or("");
  if (const auto data = value.find("file_data")) {
    document.source = sourceOfUrl(reading.text(*data));
    // Bare base64 is a PDF, as it is for OpenAI.
    if (document.source.kind == Source::Kind::Url && !document.source.data.starts_with("http"))
      document.source = {.kind = Source::Kind::Base64,
                         .media_type = "application/pdf",
                         .data = std::move(document.source.data)};
  } else if (const auto id = value.find("file_id")) {
    document.source = {.kind = Source::Kind::FileId, .media_type = {}, .data = reading.text(*id)};
  } else {
    reading.failMissing(value, "file_data");
  }
  return document;
}

struct PartType {
  std::string_view type;
  std::string_view member;  // that holds it
  void (*read)(Reading&, ValueRef, Part&);
};

constexpr PartType kPartTypes[] = {
    {"text", "text",
     [](Reading& reading, ValueRef value, Part& part) {
       part.value = TextPart{reading.text(value)};
     }},
    {"refusal", "refusal",
     [](Reading& reading, ValueRef value, Part& part) {
       part.value = RefusalPart{reading.text(value)};
     }},
    {"image_url", "image_url",
     [](Reading& reading, ValueRef value, Part& part) { part.value = readImage(reading, value); }},
    {"file", "file",
     [](Reading& reading, ValueRef value, Part& part) { part.value = readFile(reading, value); }},
    {"input_audio", "input_audio",
     [](Reading&, ValueRef value, Part& part) {
       part.value = AudioPart{std::string(value.stringAt("format").value_or("")),
                              std::string(value.stringAt("data").value_or(""))};
     }},
};

Part readPart(Reading& reading, ValueRef value) {
  Part part;
  if (value.isString()) {  // llama.cpp and others take bare texts
    part.value = TextPart{reading.text(value)};
    return part;
  }
  if (!reading.isObject(value)) return part;
  const std::string_view type = value.stringAt("type").value_or("text");
  const auto* known = std::find_if(std::begin(kPartTypes), std::end(kPartTypes),
                                   [type](const PartType& row) { return row.type == type; });
  if (known == std::end(kPartTypes)) {
    part.value = OtherPart{std::string(type), value.text()};
    return part;
  }
  const auto held = value.find(known->member);
  if (!held) {
    reading.failMissing(value, known->member);
    return part;
  }
  known->read(reading, *held, part);
  for (const auto [key, member] : value.members()) {
    if (key == "type" || key == known->member || member.isNull()) continue;
    if (key == "prompt_cache_breakpoint" || key == "cache_control")
      part.cache = readCacheMark(member);
    else
      keep(part.extras, key, member);
  }
  return part;
}

std::vector<Part> readContent(Reading& reading, ValueRef value) {
  std::vector<Part> parts;
  if (value.isString()) {
    parts.push_back({.value = TextPart{reading.text(value)}});
  } else if (reading.isArray(value)) {
    for (const ValueRef element : value.elements()) parts.push_back(readPart(reading, element));
  }
  return parts;
}

std::string argumentsOf(ValueRef value) {
  const auto text = value.asString();
  return text ? std::string(*text) : value.text();  // some servers send the object itself
}

// {"name":"…","arguments":"…"}, or for a custom tool {"name":"…","input":"…"}
void readCalled(ValueRef value, ToolCallPart& call) {
  call.name = value.stringAt("name").value_or("");
  const auto arguments = value.find(call.kind == ToolKind::Custom ? "input" : "arguments");
  if (arguments) call.arguments = argumentsOf(*arguments);
}

// {"google":{"thought_signature":"…"}}
std::string callSignature(ValueRef value) {
  const auto google = value.find("google");
  const auto text = google ? google->stringAt("thought_signature") : std::nullopt;
  return text ? thoughtOfGemini(*text).text : std::string();
}

Part readToolCall(Reading& reading, ValueRef value) {
  Part part;
  ToolCallPart call;
  if (!reading.isObject(value)) return part;
  for (const auto [key, member] : value.members()) {
    if (member.isNull() || key == "type" || key == "index") continue;
    if (key == "custom") call.kind = ToolKind::Custom;
    if (key == "id")
      call.id = reading.text(member);
    else if (key == "extra_content")
      part.signature = callSignature(member);
    else if (key == "function" || key == "custom")
      readCalled(member, call);
    else
      keep(part.extras, key, member);
  }
  if (call.name.empty()) reading.failMissing(value, "function.name");
  part.value = std::move(call);
  return part;
}

// [{"type":"thinking","thinking":"…","signature":"…"},{"type":"redacted_thinking","data":"…"}]
std::vector<Part> readThinkingBlocks(ValueRef value) {
  std::vector<Part> parts;
  for (const ValueRef block : value.elements()) {
    if (const auto data = block.stringAt("data")) {
      parts.push_back({.value = RedactedThinkingPart{std::string(*data)}});
    } else if (const auto text = block.stringAt("thinking")) {
      parts.push_back(
          {.value = ThinkingPart{std::string(*text),
                                 std::string(block.stringAt("signature").value_or(""))}});
    }
  }
  return parts;
}

// An assistant's message by its kinds of parts, whose order in the model is fixed.
class Assistant {
 public:
  explicit Assistant(Reading& reading) : reading_(reading) {}

  bool read(std::string_view key, ValueRef value) {
    if (key == "content") {
      content_ = readContent(reading_, value);
    } else if (key == "refusal") {
      refusal_ = reading_.text(value);
    } else if (key == "tool_calls") {
      if (!reading_.isArray(value)) return true;
      for (const ValueRef call : value.elements()) calls_.push_back(readToolCall(reading_, call));
    } else if (key == "function_call") {
      if (!reading_.isObject(value)) return true;
      ToolCallPart call;
      readCalled(value, call);
      if (call.name.empty()) reading_.failMissing(value, "name");
      call.id = "call_" + call.name;
      calls_.push_back({.value = std::move(call)});
    } else if (key == "thinking_blocks") {
      if (reading_.isArray(value)) blocks_ = readThinkingBlocks(value);
    } else if (key == "reasoning_content" || (key == "reasoning" && value.isString())) {
      reasoning_ = reading_.text(value);
    } else {
      return false;
    }
    return true;
  }

  std::vector<Part> parts() {
    std::vector<Part> parts = std::move(blocks_);
    if (parts.empty() && !reasoning_.empty())
      parts.push_back({.value = ThinkingPart{std::move(reasoning_), {}}});
    std::move(content_.begin(), content_.end(), std::back_inserter(parts));
    if (!refusal_.empty()) parts.push_back({.value = RefusalPart{std::move(refusal_)}});
    std::move(calls_.begin(), calls_.end(), std::back_inserter(parts));
    return parts;
  }

 private:
  Reading& reading_;
  std::vector<Part> content_, calls_, blocks_;
  std::string reasoning_, refusal_;
};

// The id of the latest call of a tool, for results in the legacy form, which name only the tool.
// They stand soon behind their calls: a few messages are looked at, not all for each.
std::string latestCall(const std::vector<Message>& messages, std::string_view name) {
  constexpr size_t kNear = 256;
  const size_t near = std::min(messages.size(), kNear);
  for (auto message = messages.rbegin();
       message != messages.rbegin() + static_cast<ptrdiff_t>(near); ++message) {
    for (const Part& part : message->parts) {
      const auto* call = part.as<ToolCallPart>();
      if (call != nullptr && call->name == name) return call->id;
    }
  }
  return "call_" + std::string(name);
}

void readResult(Reading& reading, ValueRef value, const std::vector<Message>& before,
                Message& message) {
  ToolResultPart result;
  const bool legacy = value.stringAt("role") == "function";
  for (const auto [key, member] : value.members()) {
    if (key == "role" || member.isNull()) continue;
    if (key == "tool_call_id")
      result.call_id = reading.text(member);
    else if (key == "content")
      result.content = readContent(reading, member);
    else if (key == "name" && legacy)
      result.call_id = latestCall(before, reading.text(member));
    else
      keep(message.extras, key, member);
  }
  if (result.call_id.empty()) reading.failMissing(value, legacy ? "name" : "tool_call_id");
  message.parts.push_back({.value = std::move(result)});
}

void readPlain(Reading& reading, ValueRef value, Message& message) {
  for (const auto [key, member] : value.members()) {
    if (key == "role" || member.isNull()) continue;
    if (key == "content")
      message.parts = readContent(reading, member);
    else
      keep(message.extras, key, member);
  }
}

std::optional<Role> roleOf(std::string_view word) {
  if (word == "system") return Role::System;
  if (word == "developer") return Role::Developer;
  if (word == "assistant") return Role::Assistant;
  if (word == "user" || word == "tool" || word == "function") return Role::User;
  return std::nullopt;
}

}  // namespace

Source sourceOfUrl(std::string url) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kEncoding = ";base64";
  const size_t comma = url.find(',');
  if (url.starts_with(kScheme) && comma != std::string::npos) {
    const std::string_view head(url.data() + kScheme.size(), comma - kScheme.size());
    if (head.ends_with(kEncoding)) {
      return {.kind = Source::Kind::Base64,
              .media_type = std::string(head.substr(0, head.size() - kEncoding.size())),
              .data = url.substr(comma + 1)};
    }
  }
  return {.kind = Source::Kind::Url, .media_type = {}, .data = std::move(url)};
}

CacheMark readCacheMark(ValueRef value) {
  const std::string_view ttl = value.stringAt("ttl").value_or("");
  if (ttl == "1h" || ttl == "12h" || ttl == "24h") return {CacheTtl::Long};
  return {ttl.empty() ? CacheTtl::Default : CacheTtl::Short};
}

void readOpenAiAssistant(Reading& reading, ValueRef value, Message& message) {
  Assistant assistant(reading);
  for (const auto [key, member] : value.members()) {
    if (key == "role" || member.isNull() || assistant.read(key, member)) continue;
    keep(message.extras, key, member);
  }
  message.parts = assistant.parts();
}

void readOpenAiMessage(Reading& reading, ValueRef value, std::vector<Message>& messages) {
  if (!reading.isObject(value)) return;
  const auto word = value.find("role");
  if (!word) return reading.failMissing(value, "role");
  const std::string role_word = reading.text(*word);
  const auto role = roleOf(role_word);
  if (!role) return reading.fail(*word, "is none of system, developer, user, assistant and tool");
  Message message{.role = *role};
  if (role_word == "tool" || role_word == "function")
    readResult(reading, value, messages, message);
  else if (*role == Role::Assistant)
    readOpenAiAssistant(reading, value, message);
  else
    readPlain(reading, value, message);
  messages.push_back(std::move(message));
}

}  // namespace penstock::dialect
