// {"contents":[{"role":"user","parts":[…]}],"systemInstruction":{"parts":[…]},
//  "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{…}}]}],
//  "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
//  "generationConfig":{"temperature":0.5,…},"safetySettings":[…],"cachedContent":"…"}
#include "dialect/gemini_request_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialect/gemini_config_reader.h"
#include "dialect/gemini_part_reader.h"
#include "dialect/gemini_schema.h"
#include "dialect/gemini_wire.h"
#include "dialect/wire_reading.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

class ContentReader {
 public:
  explicit ContentReader(ChatRequest& request) : request_(request) {}

  void read(ValueRef body);
  Reading reading;

 private:
  void readMember(std::string_view name, ValueRef value);
  void contents(ValueRef value);
  void content(ValueRef value);
  void systemInstruction(ValueRef value);
  void tools(ValueRef value);
  void declarations(ValueRef value);
  Tool declaration(ValueRef value);
  void toolConfig(ValueRef value);
  bool callingConfig(ValueRef value);

  ChatRequest& request_;
  GeminiPartReader parts_{reading};
};

void ContentReader::read(ValueRef body) {
  if (!reading.isObject(body)) return;
  if (const auto whole = memberOf(body, "generateContentRequest")) return read(*whole);
  for (const auto [name, value] : body.members())
    if (!value.isNull() && !name.starts_with("mlx:") && !isShadowed(body, name))
      readMember(name, value);
  if (!body.find("contents")) reading.failMissing(body, "contents");
}

void ContentReader::readMember(std::string_view name, ValueRef value) {
  const std::string key = camelCase(name);
  if (key == "contents") {
    contents(value);
  } else if (key == "systemInstruction") {
    systemInstruction(value);
  } else if (key == "tools") {
    tools(value);
  } else if (key == "toolConfig") {
    toolConfig(value);
  } else if (key == "generationConfig") {
    readGeminiConfig(reading, value, request_);
  } else if (key == "model") {
    request_.model = reading.text(value);
    if (request_.model.starts_with("models/")) request_.model.erase(0, 7);
  } else if (key == "serviceTier") {
    request_.service_tier = reading.text(value);
  } else {
    keep(request_.extras, key, value);
  }
}

void ContentReader::contents(ValueRef value) {
  if (value.isObject()) return content(value);
  if (!reading.isArray(value)) return;
  request_.messages.reserve(request_.messages.size() + value.size() + 1);
  for (const ValueRef each : value.elements()) content(each);
}

void ContentReader::content(ValueRef value) {
  if (!reading.isObject(value)) return;
  Message message;
  for (const auto [name, member] : value.members()) {
    if (member.isNull()) continue;
    if (name == "parts") {
      parts_.read(member, message.parts);
    } else if (name != "role") {
      keep(message.extras, name, member);
    } else if (const std::string role = reading.text(member); role == "model") {
      message.role = Role::Assistant;
    } else if (role != "user" && role != "function" && !role.empty()) {
      reading.fail(member, "is none of user and model");
    }
  }
  request_.messages.push_back(std::move(message));
}

// A text, or a content, whose role says nothing.
void ContentReader::systemInstruction(ValueRef value) {
  Message message{.role = Role::System};
  if (value.isString()) {
    message.parts.push_back({.value = TextPart{reading.text(value)}});
  } else if (const auto parts = memberOf(value, "parts")) {
    if (parts->isObject())
      message.parts.push_back({.value = TextPart{textOf(*parts, "text")}});
    else
      parts_.read(*parts, message.parts);
  } else {
    return reading.failMissing(value, "parts");
  }
  request_.messages.insert(request_.messages.begin(), std::move(message));
}

void ContentReader::tools(ValueRef value) {
  if (!reading.isArray(value)) return;
  for (const ValueRef tool : value.elements()) {
    for (const auto [name, member] : tool.members()) {
      if (member.isNull() || isShadowed(tool, name)) continue;
      if (camelCase(name) == "functionDeclarations") {
        declarations(member);
        continue;
      }
      std::string other = "{\"";
      other.append(name).append("\":");
      member.appendText(other);
      request_.tools.push_back({.name = camelCase(name), .other = other + "}"});
    }
  }
}

void ContentReader::declarations(ValueRef value) {
  if (!reading.isArray(value)) return;
  for (const ValueRef each : value.elements()) request_.tools.push_back(declaration(each));
}

Tool ContentReader::declaration(ValueRef value) {
  Tool tool;
  if (!reading.isObject(value)) return tool;
  for (const auto [name, member] : value.members()) {
    const std::string key = camelCase(name);
    if (member.isNull() || isShadowed(value, name)) continue;
    if (key == "name")
      tool.name = reading.text(member);
    else if (key == "description")
      tool.description = reading.text(member);
    else if (key == "parametersJsonSchema")
      tool.schema = member.text();
    else if (key == "parameters")
      tool.schema = jsonSchemaOf(member);
    else
      keep(tool.extras, key, member);
  }
  if (tool.name.empty()) reading.failMissing(value, "name");
  return tool;
}

void ContentReader::toolConfig(ValueRef value) {
  if (!reading.isObject(value)) return;
  for (const auto [name, member] : value.members()) {
    const std::string key = camelCase(name);
    if (member.isNull() || isShadowed(value, name)) continue;
    if ((key == "functionCallingConfig" && callingConfig(member))) continue;
    keep(request_.extras, "toolConfig." + key, member);
  }
}

// False: a mode that no other dialect has (VALIDATED), or more than it: kept as it is.
bool ContentReader::callingConfig(ValueRef value) {
  using Mode = ToolChoice::Mode;
  ToolChoice choice;
  for (const auto [name, member] : value.members()) {
    const std::string key = camelCase(name);
    if (key == "allowedFunctionNames") {
      for (const ValueRef each : member.elements()) choice.allowed.push_back(reading.text(each));
    } else if (key != "mode") {
      return false;
    } else if (const std::string mode = reading.text(member); mode == "ANY") {
      choice.mode = Mode::Required;
    } else if (mode == "NONE") {
      choice.mode = Mode::None;
    } else if (mode != "AUTO" && mode != "MODE_UNSPECIFIED") {
      return false;
    }
  }
  if (choice.mode == Mode::Required && choice.allowed.size() == 1) {
    choice.mode = Mode::Named;
    choice.name = std::move(choice.allowed.front());
    choice.allowed.clear();
  }
  request_.tool_choice = std::move(choice);
  return true;
}

}  // namespace

Result<ChatRequest> readGeminiContent(std::string_view body, const json::Limits& limits) {
  const auto document = json::parse(body, limits, "the request body");
  if (!document) return document.error();
  ChatRequest request{.source = Dialect::Gemini};
  ContentReader reader(request);
  reader.read(document->root());
  if (!reader.reading.ok()) return reader.reading.takeError();
  return request;
}

}  // namespace penstock::dialect
