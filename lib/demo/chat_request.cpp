#include "demo/chat_request.h"

#include <array>

#include <fmt/format.h>

#include "demo/chat_messages.h"
#include "demo/fields.h"

namespace penstock::demo {
namespace {

constexpr uint64_t kMaxChoices = 16;
constexpr uint64_t kMaxTokensLimit = 1'000'000;
constexpr size_t kMaxStops = 4;
constexpr size_t kMaxTools = 128;

Status readNames(json::ValueRef root, ChatRequest& request) {
  auto model = readModel(root);
  if (!model) return std::move(model).error();
  request.model = std::move(model->base);
  request.faults = model->faults;
  return Unit{};
}

// The newer max_completion_tokens wins over max_tokens.
Status readLimits(json::ValueRef root, ChatRequest& request) {
  std::optional<uint64_t> choices;
  for (Status status :
       {readCount(root, "max_tokens", 1, kMaxTokensLimit, request.max_tokens),
        readCount(root, "max_completion_tokens", 1, kMaxTokensLimit, request.max_tokens),
        readCount(root, "n", 1, kMaxChoices, choices), checkNumber(root, "temperature", 0, 2),
        checkNumber(root, "top_p", 0, 1), checkNumber(root, "presence_penalty", -2, 2),
        checkNumber(root, "frequency_penalty", -2, 2)}) {
    if (!status) return status;
  }
  request.choices = choices.value_or(1);
  return Unit{};
}

Status readStop(json::ValueRef root, ChatRequest& request) {
  const auto stop = findField(root, "stop");
  if (!stop) return Unit{};
  if (const auto one = stop->asString()) {
    request.stop.emplace_back(*one);
    return Unit{};
  }
  if (!stop->isArray() || stop->size() > kMaxStops) {
    return invalidRequest("invalid_type", "'stop' must be a string or an array of up to 4 strings.",
                          stop->pointer());
  }
  for (json::ValueRef item : stop->elements()) {
    auto text = item.getString();
    if (!text) return std::move(text).error();
    request.stop.emplace_back(*text);
  }
  return Unit{};
}

Status readStream(json::ValueRef root, ChatRequest& request) {
  if (Status status = readFlag(root, "stream", request.stream); !status) return status;
  const auto options = findField(root, "stream_options");
  if (!options) return Unit{};
  if (!request.stream) {
    return invalidRequest("invalid_value", "'stream_options' is for streams only: set 'stream'.",
                          options->pointer());
  }
  return readFlag(*options, "include_usage", request.include_usage);
}

Result<Tool> readTool(json::ValueRef item) {
  const auto function = findField(item, "function");
  // Tools of other types (custom, web search) have no function: they are offered, never called.
  if (!function && item.stringAt("type").value_or("function") != "function") return Tool{};
  auto field = item.get("function");
  if (!field) return std::move(field).error();
  auto name = field->get("name");
  if (!name) return std::move(name).error();
  auto text = name->getString();
  if (!text) return std::move(text).error();
  return Tool{.name = *text, .parameters = findField(*field, "parameters")};
}

Status readTools(json::ValueRef root, ChatRequest& request) {
  if (Status status = readFlag(root, "parallel_tool_calls", request.parallel_tools); !status) {
    return status;
  }
  const auto tools = findField(root, "tools");
  if (!tools) return Unit{};
  if (!tools->isArray() || tools->size() == 0 || tools->size() > kMaxTools) {
    return invalidRequest("invalid_type", "'tools' must be an array of 1 to 128 tools.",
                          tools->pointer());
  }
  for (json::ValueRef item : tools->elements()) {
    auto tool = readTool(item);
    if (!tool) return std::move(tool).error();
    if (!tool->name.empty()) request.tools.push_back(*tool);
  }
  return Unit{};
}

Status readNamedTool(json::ValueRef choice, ChatRequest& request) {
  const auto function = choice.find("function");
  const auto name = function ? function->stringAt("name") : std::nullopt;
  for (size_t i = 0; name && i < request.tools.size(); ++i) {
    if (request.tools[i].name != *name) continue;
    request.named_tool = i;
    request.tool_choice = ChatRequest::ToolChoice::Required;
    return Unit{};
  }
  return invalidRequest("invalid_value", "'tool_choice' must name a function that is in 'tools'.",
                        choice.pointer());
}

Status readToolChoice(json::ValueRef root, ChatRequest& request) {
  const auto choice = findField(root, "tool_choice");
  if (!choice) return Unit{};
  if (choice->isObject()) return readNamedTool(*choice, request);
  const auto mode = choice->asString();
  if (mode == "none") {
    request.tool_choice = ChatRequest::ToolChoice::None;
  } else if (mode == "required" && !request.tools.empty()) {
    request.tool_choice = ChatRequest::ToolChoice::Required;
  } else if (mode != "auto") {
    return invalidRequest("invalid_value",
                          "'tool_choice' must be none, auto, required (with 'tools') or an object.",
                          choice->pointer());
  }
  return Unit{};
}

Status readSchema(json::ValueRef format, ChatRequest& request) {
  auto wrapper = format.get("json_schema");
  if (!wrapper) return std::move(wrapper).error();
  auto name = wrapper->get("name");
  if (!name) return std::move(name).error();
  request.format = ChatRequest::Format::JsonSchema;
  request.schema = findField(*wrapper, "schema");
  return Unit{};
}

Status readFormat(json::ValueRef root, ChatRequest& request) {
  const auto format = findField(root, "response_format");
  if (!format) return Unit{};
  auto type = format->get("type");
  if (!type) return std::move(type).error();
  if (type->asString() == "json_schema") return readSchema(*format, request);
  if (type->asString() == "json_object") {
    request.format = ChatRequest::Format::JsonObject;
  } else if (type->asString() != "text") {
    return invalidRequest("invalid_value",
                          "'response_format.type' must be text, json_object or json_schema.",
                          type->pointer());
  }
  return Unit{};
}

}  // namespace

Result<ChatRequest> readChatRequest(json::ValueRef root) {
  constexpr std::array kSteps{readNames,  readMessages, readLimits,     readStop,
                              readStream, readTools,    readToolChoice, readFormat};
  if (!root.isObject()) {
    return invalidRequest("invalid_type", "The request body must be a JSON object.");
  }
  ChatRequest request;
  for (const auto step : kSteps) {
    if (Status status = step(root, request); !status) return std::move(status).error();
  }
  return request;
}

}  // namespace penstock::demo
