// {"tools":[{"toolSpec":{"name":"f","description":"…","inputSchema":{"json":{…}},"strict":true}}],
//  "toolChoice":{"auto":{}}|{"any":{}}|{"tool":{"name":"f"}}}
#include "dialect/bedrock_tool_writer.h"

#include <algorithm>

#include "dialect/made_up_tools.h"

namespace penstock::dialect {

using Mode = ToolChoice::Mode;

bool BedrockToolWriter::isOffered(const Tool& tool) const {
  if (!tool.other.empty()) {
    losses_.drop(Field::Tools, "has one that only its own provider runs");
    return false;
  }
  const auto* allowed = request_.tool_choice ? &request_.tool_choice->allowed : nullptr;
  return allowed == nullptr || allowed->empty() ||
         std::find(allowed->begin(), allowed->end(), tool.name) != allowed->end();
}

// Those that the messages call.
void BedrockToolWriter::addCalled(std::vector<Tool>& tools) const {
  for (const Message& message : request_.messages) {
    for (const Part& part : message.parts) {
      const auto* call = part.as<ToolCallPart>();
      if (call == nullptr) continue;
      const bool known = std::any_of(tools.begin(), tools.end(), [call](const Tool& tool) {
        return tool.name == call->name;
      });
      if (!known) tools.push_back({.kind = call->kind, .name = call->name});
    }
  }
}

std::vector<Tool> BedrockToolWriter::offered() {
  std::vector<Tool> tools;
  const bool none = request_.tool_choice && request_.tool_choice->mode == Mode::None;
  for (const Tool& tool : request_.tools)
    if (isOffered(tool)) tools.push_back(tool);
  std::vector<Tool> called;
  addCalled(called);
  if (none && called.empty()) return {};
  if (none) losses_.drop(Field::ToolChoice, "has no equivalent beside messages that hold calls");
  if (tools.empty() && !called.empty()) {
    losses_.change(Field::Tools, "is made of the messages' calls, beside which there must be some");
    return called;
  }
  return tools;
}

AnswerContext BedrockToolWriter::write() {
  const std::vector<Tool> tools = offered();
  if (!target_.text_format && target_.forced_tools) context_.json_tool = jsonToolName(request_);
  if (tools.empty() && context_.json_tool.empty()) return context_;
  out_.key("toolConfig").beginObject().key("tools").beginArray();
  for (const Tool& tool : tools) writeTool(tool);
  if (!context_.json_tool.empty()) {
    losses_.change(Field::ResponseFormat, "is told as a tool that must be called");
    writeSpec(context_.json_tool, kJsonToolDescription, request_.response_format->schema, false);
  }
  out_.endArray();
  writeChoice();
  out_.endObject();
  return context_;
}

void BedrockToolWriter::writeSpec(std::string_view name, std::string_view description,
                                  std::string_view schema, bool strict) {
  out_.beginObject().key("toolSpec").beginObject().field("name", name);
  if (!description.empty()) out_.field("description", description);
  out_.key("inputSchema").beginObject().rawField("json", schema).endObject();
  if (strict) out_.field("strict", true);
  out_.endObject().endObject();
}

void BedrockToolWriter::writeTool(const Tool& tool) {
  const bool custom = tool.kind == ToolKind::Custom;
  if (custom) {
    context_.custom_tools.push_back(tool.name);
    losses_.change(Field::Tools, "has one with free input, which is told as an object");
  }
  const std::string_view schema = custom                ? kTextInput
                                  : tool.schema.empty() ? kAnyObject
                                                        : std::string_view(tool.schema);
  const bool strict = tool.strict.value_or(false);
  if (strict && !target_.strict_tools) losses_.drop(Field::ToolStrict, "is not known to the model");
  writeSpec(tool.name, tool.description, schema, strict && target_.strict_tools);
  losses_.dropExtras(tool.extras, "tools.");
  if (tool.cache) blocks_.writeCachePoint(*tool.cache, BedrockBlockWriter::After::Tool);
}

void BedrockToolWriter::writeChoice() {
  ToolChoice choice = wantedChoice(request_, context_);
  if (choice.mode == Mode::None) choice.mode = Mode::Auto;
  const bool forced = choice.mode == Mode::Named || choice.mode == Mode::Required;
  if (forced && !target_.forced_tools) {
    losses_.drop(Field::ToolChoice, "is not known to the model");
    choice.mode = Mode::Auto;
  }
  if (forced && thinking_.active()) {
    losses_.drop(Field::ToolChoice, "is refused while the model thinks");
    choice.mode = Mode::Auto;
  }
  const bool claude = target_.family == BedrockTarget::Family::Claude;
  if (request_.parallel_tools == false && claude) return writeAdditional(choice);
  if (request_.parallel_tools == false)
    losses_.drop(Field::ParallelTools, "is not known to the model");
  if (!request_.tool_choice && context_.json_tool.empty()) return;
  out_.key("toolChoice").beginObject();
  switch (choice.mode) {
    case Mode::None:
    case Mode::Auto: out_.key("auto").beginObject().endObject(); break;
    case Mode::Required: out_.key("any").beginObject().endObject(); break;
    case Mode::Named: out_.key("tool").beginObject().field("name", choice.name).endObject(); break;
  }
  out_.endObject();
}

// Claude's own field says in one what Converse's does and that calls come one at a time.
void BedrockToolWriter::writeAdditional(const ToolChoice& choice) {
  json::Writer out(additional_);
  out.beginObject();
  switch (choice.mode) {
    case Mode::None:
    case Mode::Auto: out.field("type", "auto"); break;
    case Mode::Required: out.field("type", "any"); break;
    case Mode::Named: out.field("type", "tool").field("name", choice.name); break;
  }
  out.field("disable_parallel_tool_use", true).endObject();
}

}  // namespace penstock::dialect
