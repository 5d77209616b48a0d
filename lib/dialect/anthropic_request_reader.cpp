#include "dialect/anthropic_request_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialect/anthropic_block_reader.h"
#include "dialect/openai_chat_reader.h"
#include "dialect/openai_message_reader.h"
#include "dialect/wire_reading.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

class MessagesReader {
 public:
  explicit MessagesReader(ChatRequest& request) : request_(request) {}

  void read(ValueRef body);
  Reading reading;

 private:
  // How a member is read; false: it is kept as it is.
  using Read = bool (MessagesReader::*)(ValueRef);
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
  bool topK(ValueRef value) {
    request_.sampling.top_k = reading.integer(value);
    return true;
  }
  bool stop(ValueRef value) {
    if (!reading.isArray(value)) return true;
    for (const ValueRef word : value.elements()) request_.stop.push_back(reading.text(word));
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
  bool metadata(ValueRef value) {
    const auto user = value.stringAt("user_id");
    if (!user || value.size() != 1) return false;
    request_.end_user = *user;
    return true;
  }
  bool system(ValueRef value);
  bool messages(ValueRef value);
  bool tools(ValueRef value);
  bool toolChoice(ValueRef value);
  bool thinking(ValueRef value);
  bool outputConfig(ValueRef value);

  void readMessage(ValueRef value);
  Tool readTool(ValueRef value);

  ChatRequest& request_;
};

const MessagesReader::Row MessagesReader::kRows[] = {
    {"model", &MessagesReader::model},
    {"max_tokens", &MessagesReader::limit},
    {"system", &MessagesReader::system},
    {"messages", &MessagesReader::messages},
    {"temperature", &MessagesReader::temperature},
    {"top_p", &MessagesReader::topP},
    {"top_k", &MessagesReader::topK},
    {"stop_sequences", &MessagesReader::stop},
    {"service_tier", &MessagesReader::serviceTier},
    {"stream", &MessagesReader::stream},
    {"metadata", &MessagesReader::metadata},
    {"tools", &MessagesReader::tools},
    {"tool_choice", &MessagesReader::toolChoice},
    {"thinking", &MessagesReader::thinking},
    {"output_config", &MessagesReader::outputConfig},
};

void MessagesReader::read(ValueRef body) {
  if (!reading.isObject(body)) return;
  for (const auto [key, value] : body.members()) {
    if (value.isNull() || key.starts_with("mlx:")) continue;
    const std::string_view name = key;
    const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                   [name](const Row& known) { return known.key == name; });
    if (row == std::end(kRows) || !(this->*row->read)(value)) keep(request_.extras, key, value);
  }
  for (const char* needed : {"model", "messages"}) {
    if (!body.find(needed)) reading.failMissing(body, needed);
  }
}

bool MessagesReader::system(ValueRef value) {
  Message message{.role = Role::System, .parts = readBlocks(reading, value)};
  request_.messages.insert(request_.messages.begin(), std::move(message));
  return true;
}

void MessagesReader::readMessage(ValueRef value) {
  if (!reading.isObject(value)) return;
  Message message;
  for (const auto [key, member] : value.members()) {
    if (member.isNull()) continue;
    if (key == "content") {
      message.parts = readBlocks(reading, member);
    } else if (key != "role") {
      keep(message.extras, key, member);
    } else if (const std::string role = reading.text(member); role == "assistant") {
      message.role = Role::Assistant;
    } else if (role == "system") {
      message.role = Role::System;
    } else if (role != "user") {
      reading.fail(member, "is none of user, assistant and system");
    }
  }
  for (const char* needed : {"role", "content"}) {
    if (!value.find(needed)) reading.failMissing(value, needed);
  }
  request_.messages.push_back(std::move(message));
}

bool MessagesReader::messages(ValueRef value) {
  if (!reading.isArray(value)) return true;
  request_.messages.reserve(request_.messages.size() + value.size() + 1);
  for (const ValueRef message : value.elements()) readMessage(message);
  return true;
}

// {"name":"…","description":"…","input_schema":{…}}; what names another type is Anthropic's own.
Tool MessagesReader::readTool(ValueRef value) {
  Tool tool;
  if (!reading.isObject(value)) return tool;
  if (value.stringAt("type").value_or("custom") != "custom") {
    tool.name = value.stringAt("name").value_or("");
    tool.other = value.text();
    return tool;
  }
  for (const auto [key, member] : value.members()) {
    if (member.isNull() || key == "type") continue;
    if (key == "name")
      tool.name = reading.text(member);
    else if (key == "description")
      tool.description = reading.text(member);
    else if (key == "input_schema")
      tool.schema = member.text();
    else if (key == "strict")
      tool.strict = reading.flag(member);
    else if (key == "cache_control")
      tool.cache = readCacheMark(member);
    else
      keep(tool.extras, key, member);
  }
  if (tool.name.empty()) reading.failMissing(value, "name");
  return tool;
}

bool MessagesReader::tools(ValueRef value) {
  if (!reading.isArray(value)) return true;
  for (const ValueRef tool : value.elements()) request_.tools.push_back(readTool(tool));
  return true;
}

bool MessagesReader::toolChoice(ValueRef value) {
  if (!reading.isObject(value)) return true;
  using Mode = ToolChoice::Mode;
  const std::string_view type = value.stringAt("type").value_or("");
  ToolChoice choice;
  if (type == "any")
    choice.mode = Mode::Required;
  else if (type == "none")
    choice.mode = Mode::None;
  else if (type == "tool")
    choice.mode = Mode::Named;
  else if (type != "auto")
    return false;
  choice.name = value.stringAt("name").value_or("");
  if (choice.mode == Mode::Named && choice.name.empty()) reading.failMissing(value, "name");
  if (const auto alone = value.find("disable_parallel_tool_use"))
    if (const auto flag = reading.flag(*alone)) request_.parallel_tools = !*flag;
  request_.tool_choice = std::move(choice);
  return true;
}

bool MessagesReader::thinking(ValueRef value) {
  if (!reading.isObject(value)) return true;
  using Mode = Thinking::Mode;
  const std::string_view type = value.stringAt("type").value_or("");
  Thinking thinking;
  if (type == "enabled")
    thinking.mode = Mode::Budget;
  else if (type == "disabled")
    thinking.mode = Mode::Disabled;
  else if (type == "adaptive")
    thinking.mode = Mode::Adaptive;
  else if (type == "between_tools")
    thinking.mode = Mode::BetweenTools;
  else
    return false;
  if (const auto budget = value.find("budget_tokens"))
    thinking.budget_tokens = reading.integer(*budget).value_or(0);
  else if (thinking.mode == Mode::Budget)
    reading.failMissing(value, "budget_tokens");
  thinking.display = value.stringAt("display").value_or("");
  request_.thinking = std::move(thinking);
  return true;
}

// {"effort":"high","format":{"type":"json_schema","schema":{…}}}; as a whole kept when it holds
// anything else.
bool MessagesReader::outputConfig(ValueRef value) {
  std::optional<Effort> effort;
  std::optional<ResponseFormat> format;
  for (const auto [key, member] : value.members()) {
    if (member.isNull()) continue;
    if (key == "effort") {
      effort = effortOf(member.asString().value_or(""));
      if (!effort) return false;
    } else if (key == "format" && member.stringAt("type") == "json_schema" &&
               member.find("schema")) {
      format = ResponseFormat{.mode = ResponseFormat::Mode::JsonSchema,
                              .schema = member.find("schema")->text()};
    } else {
      return false;
    }
  }
  request_.effort = effort;
  request_.response_format = std::move(format);
  return value.isObject();
}

}  // namespace

Result<ChatRequest> readAnthropicMessages(std::string_view body, const json::Limits& limits) {
  const auto document = json::parse(body, limits, "the request body");
  if (!document) return document.error();
  ChatRequest request{.source = Dialect::Anthropic};
  MessagesReader reader(request);
  reader.read(document->root());
  if (!reader.reading.ok()) return reader.reading.takeError();
  return request;
}

}  // namespace penstock::dialect
