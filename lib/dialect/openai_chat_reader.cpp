#include "dialect/openai_chat_reader.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "dialect/openai_message_reader.h"
#include "dialect/wire_reading.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

constexpr std::array<std::string_view, 7> kEfforts{"none", "minimal", "low", "medium",
                                                   "high", "xhigh",   "max"};

class ChatReader {
 public:
  explicit ChatReader(ChatRequest& request) : request_(request) {}

  void read(ValueRef body);
  Reading reading;

 private:
  // How a member is read; false: it is kept as it is.
  using Read = bool (ChatReader::*)(ValueRef);
  struct Row {
    std::string_view key;
    Read read;
  };
  static const Row kRows[];

  bool model(ValueRef value) {
    request_.model = reading.text(value);
    return true;
  }
  bool messages(ValueRef value) {
    if (!reading.isArray(value)) return true;
    request_.messages.reserve(value.size());
    for (const ValueRef message : value.elements())
      readOpenAiMessage(reading, message, request_.messages);
    return true;
  }
  bool limit(ValueRef value) {
    if (const auto limit = reading.integer(value))
      request_.max_tokens = std::max(*limit, request_.max_tokens.value_or(0));
    return true;
  }
  template <auto Member>
  bool numberOf(ValueRef value) {
    request_.sampling.*Member = reading.number(value);
    return true;
  }
  template <auto Member>
  bool integerOf(ValueRef value) {
    request_.sampling.*Member = reading.integer(value);
    return true;
  }
  bool choices(ValueRef value) {
    request_.choices = reading.integer(value).value_or(1);
    return true;
  }
  bool stop(ValueRef value) {
    if (value.isString()) {
      request_.stop = {reading.text(value)};
    } else if (reading.isArray(value)) {
      for (const ValueRef word : value.elements()) request_.stop.push_back(reading.text(word));
    }
    return true;
  }
  bool effort(ValueRef value) {
    request_.effort = effortOf(reading.text(value));
    return request_.effort.has_value();
  }
  // The older "user" and its successor; where both are given, "user" is the one of the model.
  bool user(ValueRef value) {
    if (!request_.end_user.empty())
      request_.extras.push_back({"safety_identifier", json::quoted(request_.end_user)});
    request_.end_user = reading.text(value);
    return true;
  }
  bool safetyIdentifier(ValueRef value) {
    if (!request_.end_user.empty()) return false;
    request_.end_user = reading.text(value);
    return true;
  }
  bool serviceTier(ValueRef value) {
    request_.service_tier = reading.text(value);
    return true;
  }
  bool stream(ValueRef value) {
    request_.stream = reading.flag(value).value_or(false);
    return true;
  }
  bool parallel(ValueRef value) {
    request_.parallel_tools = reading.flag(value);
    return true;
  }
  bool streamOptions(ValueRef value);
  bool tools(ValueRef value);
  bool functions(ValueRef value);
  bool toolChoice(ValueRef value);
  bool functionCall(ValueRef value);
  bool responseFormat(ValueRef value);

  Tool readTool(ValueRef value);
  void readDefinition(ValueRef value, Tool& tool);

  ChatRequest& request_;
  bool has_tool_choice_ = false;
};

const ChatReader::Row ChatReader::kRows[] = {
    {"model", &ChatReader::model},
    {"messages", &ChatReader::messages},
    {"max_completion_tokens", &ChatReader::limit},
    {"max_tokens", &ChatReader::limit},
    {"temperature", &ChatReader::numberOf<&Sampling::temperature>},
    {"top_p", &ChatReader::numberOf<&Sampling::top_p>},
    {"top_k", &ChatReader::integerOf<&Sampling::top_k>},
    {"seed", &ChatReader::integerOf<&Sampling::seed>},
    {"presence_penalty", &ChatReader::numberOf<&Sampling::presence_penalty>},
    {"frequency_penalty", &ChatReader::numberOf<&Sampling::frequency_penalty>},
    {"n", &ChatReader::choices},
    {"stop", &ChatReader::stop},
    {"reasoning_effort", &ChatReader::effort},
    {"user", &ChatReader::user},
    {"safety_identifier", &ChatReader::safetyIdentifier},
    {"service_tier", &ChatReader::serviceTier},
    {"stream", &ChatReader::stream},
    {"stream_options", &ChatReader::streamOptions},
    {"parallel_tool_calls", &ChatReader::parallel},
    {"tools", &ChatReader::tools},
    {"functions", &ChatReader::functions},
    {"tool_choice", &ChatReader::toolChoice},
    {"function_call", &ChatReader::functionCall},
    {"response_format", &ChatReader::responseFormat},
};

void ChatReader::read(ValueRef body) {
  if (!reading.isObject(body)) return;
  has_tool_choice_ = body.find("tool_choice").has_value();
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

bool ChatReader::streamOptions(ValueRef value) {
  const auto include = value.find("include_usage");
  request_.include_usage = include && include->asBool().value_or(false);
  return include && value.size() == 1;
}

void ChatReader::readDefinition(ValueRef value, Tool& tool) {
  if (!reading.isObject(value)) return;
  for (const auto [key, member] : value.members()) {
    if (member.isNull()) continue;
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
}

Tool ChatReader::readTool(ValueRef value) {
  Tool tool;
  if (!reading.isObject(value)) return tool;
  const std::string_view type = value.stringAt("type").value_or("function");
  const auto definition = value.find(type == "custom" ? "custom" : "function");
  if (!definition) {
    tool.name = value.stringAt("name").value_or("");
    tool.other = value.text();
    return tool;
  }
  if (type == "custom") tool.kind = ToolKind::Custom;
  readDefinition(*definition, tool);
  if (const auto mark = value.find("cache_control")) tool.cache = readCacheMark(*mark);
  return tool;
}

bool ChatReader::tools(ValueRef value) {
  if (!reading.isArray(value)) return true;
  for (const ValueRef tool : value.elements()) request_.tools.push_back(readTool(tool));
  return true;
}

bool ChatReader::functions(ValueRef value) {
  if (!reading.isArray(value)) return true;
  for (const ValueRef function : value.elements())
    readDefinition(function, request_.tools.emplace_back());
  return true;
}

// {"type":"function","function":{"name":"…"}}
std::string namedTool(ValueRef value) {
  for (const char* key : {"function", "custom"}) {
    if (const auto named = value.find(key))
      return std::string(named->stringAt("name").value_or(""));
  }
  return std::string(value.stringAt("name").value_or(""));
}

bool ChatReader::toolChoice(ValueRef value) {
  if (const auto word = value.asString()) {
    const auto mode = toolChoiceOf(*word);
    if (mode) request_.tool_choice = ToolChoice{.mode = *mode};
    return mode.has_value();
  }
  if (!reading.isObject(value)) return true;
  ToolChoice choice;
  if (const auto allowed = value.find("allowed_tools")) {
    choice.mode =
        toolChoiceOf(allowed->stringAt("mode").value_or("")).value_or(ToolChoice::Mode::Auto);
    if (const auto tools = allowed->find("tools"))
      for (const ValueRef tool : tools->elements()) choice.allowed.push_back(namedTool(tool));
  } else {
    choice.mode = ToolChoice::Mode::Named;
    choice.name = namedTool(value);
    choice.kind = value.find("custom") ? ToolKind::Custom : ToolKind::Function;
    if (choice.name.empty()) return false;
  }
  request_.tool_choice = std::move(choice);
  return true;
}

// Gives way to tool_choice.
bool ChatReader::functionCall(ValueRef value) {
  if (has_tool_choice_) return true;
  if (value.isObject()) {
    request_.tool_choice = ToolChoice{.mode = ToolChoice::Mode::Named, .name = namedTool(value)};
    if (request_.tool_choice->name.empty()) reading.failMissing(value, "name");
  } else if (const auto mode = toolChoiceOf(reading.text(value))) {
    request_.tool_choice = ToolChoice{.mode = *mode};
  }
  return true;
}

bool ChatReader::responseFormat(ValueRef value) {
  if (!reading.isObject(value)) return true;
  const std::string_view type = value.stringAt("type").value_or("");
  ResponseFormat format;
  if (type == "json_object") {
    format.mode = ResponseFormat::Mode::JsonObject;
  } else if (type == "json_schema") {
    format.mode = ResponseFormat::Mode::JsonSchema;
    const auto schema = value.find("json_schema");
    if (!schema || !schema->find("schema")) {
      reading.failMissing(value, "json_schema.schema");
      return true;
    }
    format.name = schema->stringAt("name").value_or("");
    format.description = schema->stringAt("description").value_or("");
    format.schema = schema->find("schema")->text();
    if (const auto strict = schema->find("strict")) format.strict = strict->asBool();
  } else if (type != "text") {
    return false;
  }
  request_.response_format = std::move(format);
  return true;
}

}  // namespace

std::optional<ToolChoice::Mode> toolChoiceOf(std::string_view word) {
  if (word == "auto") return ToolChoice::Mode::Auto;
  if (word == "required") return ToolChoice::Mode::Required;
  if (word == "none") return ToolChoice::Mode::None;
  return std::nullopt;
}

std::optional<Effort> effortOf(std::string_view word) {
  const auto found = std::find(kEfforts.begin(), kEfforts.end(), word);
  if (found == kEfforts.end()) return std::nullopt;
  return static_cast<Effort>(found - kEfforts.begin());
}

std::string_view effortWord(Effort effort) { return kEfforts[static_cast<size_t>(effort)]; }

Result<ChatRequest> readOpenAiChat(std::string_view body, const json::Limits& limits) {
  const auto document = json::parse(body, limits, "the request body");
  if (!document) return document.error();
  ChatRequest request{.source = Dialect::OpenAi};
  ChatReader reader(request);
  reader.read(document->root());
  if (!reader.reading.ok()) return reader.reading.takeError();
  return request;
}

}  // namespace penstock::dialect
