// {"model":"…","instructions":"…","input":"…"|[items],"tools":[{"type":"function","name":"…",
//  "parameters":{…},"strict":true}],"tool_choice":"auto","text":{"format":{"type":"json_schema",
//  "name":"…","schema":{…}}},"reasoning":{"effort":"low","summary":"auto"},
//  "max_output_tokens":99}
#include "dialect/responses_request_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialect/openai_chat_reader.h"
#include "dialect/responses_item_reader.h"
#include "dialect/wire_reading.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

class RequestReader {
 public:
  explicit RequestReader(ChatRequest& request) : request_(request) {}

  void read(ValueRef body);
  Reading reading;

 private:
  // How a member is read; false: it is kept as it is.
  using Read = bool (RequestReader::*)(ValueRef);
  struct Row {
    std::string_view key;
    Read read;
  };
  static const Row kRows[];

  bool model(ValueRef value) {
    request_.model = reading.text(value);
    return true;
  }
  bool limit(ValueRef value) {
    request_.max_tokens = reading.integer(value);
    return true;
  }
  bool temperature(ValueRef value) {
    request_.sampling.temperature = reading.number(value);
    return true;
  }
  bool topP(ValueRef value) {
    request_.sampling.top_p = reading.number(value);
    return true;
  }
  bool user(ValueRef value) {
    request_.end_user = reading.text(value);
    return true;
  }
  bool serviceTier(ValueRef value) {
    request_.service_tier = reading.text(value);
    return true;
  }
  bool stream(ValueRef value) {
    request_.stream = reading.flag(value).value_or(false);
    request_.include_usage = request_.stream;
    return true;
  }
  bool parallel(ValueRef value) {
    request_.parallel_tools = reading.flag(value);
    return true;
  }
  bool passOver(ValueRef) { return true; }
  bool input(ValueRef value);
  bool instructions(ValueRef value);
  bool reasoning(ValueRef value);
  bool text(ValueRef value);
  bool tools(ValueRef value);
  bool toolChoice(ValueRef value);

  void readFormat(ValueRef value);
  Tool readTool(ValueRef value);
  void readAllowed(ValueRef value, ToolChoice& choice);

  ChatRequest& request_;
};

const RequestReader::Row RequestReader::kRows[] = {
    {"model", &RequestReader::model},
    {"input", &RequestReader::input},
    {"instructions", &RequestReader::instructions},
    {"max_output_tokens", &RequestReader::limit},
    {"temperature", &RequestReader::temperature},
    {"top_p", &RequestReader::topP},
    {"reasoning", &RequestReader::reasoning},
    {"text", &RequestReader::text},
    {"tools", &RequestReader::tools},
    {"tool_choice", &RequestReader::toolChoice},
    {"parallel_tool_calls", &RequestReader::parallel},
    {"user", &RequestReader::user},
    {"service_tier", &RequestReader::serviceTier},
    {"stream", &RequestReader::stream},
    {"store", &RequestReader::passOver},
};

// The state that a member needs is not in the request.
bool needsState(std::string_view key, ValueRef value) {
  if (key == "background") return value.asBool().value_or(false);
  return key == "previous_response_id" || key == "conversation";
}

void RequestReader::read(ValueRef body) {
  if (!reading.isObject(body)) return;
  for (const auto [key, value] : body.members()) {
    if (value.isNull() || key.starts_with("mlx:")) continue;
    const std::string_view name = key;
    const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                   [name](const Row& known) { return known.key == name; });
    if (row == std::end(kRows) || !(this->*row->read)(value)) keep(request_.extras, key, value);
  }
  for (const char* needed : {"model", "input"}) {
    if (!body.find(needed)) reading.failMissing(body, needed);
  }
  // The newer name of "user": one of them is the model's.
  if (!request_.end_user.empty()) return;
  for (auto extra = request_.extras.begin(); extra != request_.extras.end(); ++extra) {
    if (extra->name != "safety_identifier") continue;
    request_.end_user = body.stringAt("safety_identifier").value_or("");
    request_.extras.erase(extra);
    return;
  }
}

bool RequestReader::input(ValueRef value) {
  if (value.isString()) {
    Message message;
    message.parts.push_back({.value = TextPart{reading.text(value)}});
    request_.messages.push_back(std::move(message));
  } else if (reading.isArray(value)) {
    request_.messages.reserve(request_.messages.size() + value.size() + 1);
    ResponsesItemReader items(reading, request_.messages);
    for (const ValueRef item : value.elements()) items.read(item);
  }
  return true;
}

bool RequestReader::instructions(ValueRef value) {
  Message message{.role = Role::System};
  message.parts.push_back({.value = TextPart{reading.text(value)}});
  request_.messages.insert(request_.messages.begin(), std::move(message));
  return true;
}

// {"effort":"low","summary":"auto"}; the rest is kept, member by member.
bool RequestReader::reasoning(ValueRef value) {
  if (!reading.isObject(value)) return true;
  for (const auto [key, member] : value.members()) {
    if (member.isNull()) continue;
    const auto effort = key == "effort" ? effortOf(member.asString().value_or("")) : std::nullopt;
    if (effort) {
      request_.effort = effort;
    } else if (key == "summary" && member.isString()) {
      request_.thinking.summary = *member.asString();
      request_.thinking.display = "summarized";
    } else {
      keep(request_.extras, "reasoning." + std::string(key), member);
    }
  }
  return true;
}

bool RequestReader::text(ValueRef value) {
  if (!reading.isObject(value)) return true;
  for (const auto [key, member] : value.members()) {
    if (member.isNull()) continue;
    if (key == "format")
      readFormat(member);
    else
      keep(request_.extras, "text." + std::string(key), member);
  }
  return true;
}

void RequestReader::readFormat(ValueRef value) {
  const std::string_view type = value.stringAt("type").value_or("");
  ResponseFormat format;
  if (type == "json_object") {
    format.mode = ResponseFormat::Mode::JsonObject;
  } else if (type == "json_schema") {
    format.mode = ResponseFormat::Mode::JsonSchema;
    const auto schema = value.find("schema");
    if (!schema) return reading.failMissing(value, "schema");
    format.name = value.stringAt("name").value_or("");
    format.description = value.stringAt("description").value_or("");
    format.schema = schema->text();
    if (const auto strict = value.find("strict")) format.strict = strict->asBool();
  } else if (type != "text") {
    return keep(request_.extras, "text.format", value);
  }
  request_.response_format = std::move(format);
}

// {"type":"function","name":"…","description":"…","parameters":{…},"strict":true}, {"type":
// "custom","name":"…","format":{…}}; what names another type is OpenAI's own.
Tool RequestReader::readTool(ValueRef value) {
  Tool tool;
  if (!reading.isObject(value)) return tool;
  const std::string_view type = value.stringAt("type").value_or("function");
  if (type != "function" && type != "custom") {
    tool.name = value.stringAt("name").value_or(type);
    tool.other = value.text();
    return tool;
  }
  if (type == "custom") tool.kind = ToolKind::Custom;
  for (const auto [key, member] : value.members()) {
    if (member.isNull() || key == "type") continue;
    if (key == "name")
      tool.name = reading.text(member);
    else if (key == "description")
      tool.description = reading.text(member);
    else if (key == "parameters")
      tool.schema = member.text();
    else if (key == "strict")
      tool.strict = reading.flag(member);
    else
      keep(tool.extras, key, member);
  }
  if (tool.name.empty()) reading.failMissing(value, "name");
  return tool;
}

bool RequestReader::tools(ValueRef value) {
  if (!reading.isArray(value)) return true;
  for (const ValueRef tool : value.elements()) request_.tools.push_back(readTool(tool));
  return true;
}

void RequestReader::readAllowed(ValueRef value, ToolChoice& choice) {
  choice.mode = toolChoiceOf(value.stringAt("mode").value_or("")).value_or(ToolChoice::Mode::Auto);
  const auto tools = value.find("tools");
  if (!tools) return reading.failMissing(value, "tools");
  for (const ValueRef tool : tools->elements())
    choice.allowed.emplace_back(tool.stringAt("name").value_or(""));
}

bool RequestReader::toolChoice(ValueRef value) {
  if (const auto word = value.asString()) {
    const auto mode = toolChoiceOf(*word);
    if (mode) request_.tool_choice = ToolChoice{.mode = *mode};
    return mode.has_value();
  }
  if (!reading.isObject(value)) return true;
  const std::string_view type = value.stringAt("type").value_or("");
  ToolChoice choice;
  if (type == "allowed_tools") {
    readAllowed(value, choice);
  } else if (type == "function" || type == "custom") {
    choice.mode = ToolChoice::Mode::Named;
    choice.name = value.stringAt("name").value_or("");
    if (type == "custom") choice.kind = ToolKind::Custom;
    if (choice.name.empty()) reading.failMissing(value, "name");
  } else {
    return false;
  }
  request_.tool_choice = std::move(choice);
  return true;
}

std::optional<ApiError> stateError(ValueRef body) {
  for (const auto [key, value] : body.members()) {
    if (value.isNull() || !needsState(key, value)) continue;
    std::string name(key);
    return invalidRequest("unsupported_parameter",
                          "'" + name + "' is not supported for the model's provider.", name);
  }
  return std::nullopt;
}

}  // namespace

Result<ChatRequest> readResponses(std::string_view body, const json::Limits& limits) {
  const auto document = json::parse(body, limits, "the request body");
  if (!document) return document.error();
  if (auto error = stateError(document->root())) return std::move(*error);
  ChatRequest request{.source = Dialect::Responses};
  RequestReader reader(request);
  reader.read(document->root());
  if (!reader.reading.ok()) return reader.reading.takeError();
  return request;
}

}  // namespace penstock::dialect
