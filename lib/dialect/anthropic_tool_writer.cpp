#include "dialect/anthropic_tool_writer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/made_up_tools.h"

namespace penstock::dialect {
namespace {

class ToolWriter {
 public:
  ToolWriter(const ChatRequest& request, const AnthropicTarget& target, const Thinking& thinking,
             Losses& losses, AnthropicBlockWriter& blocks, json::Writer& out)
      : request_(request),
        target_(target),
        thinking_(thinking),
        losses_(losses),
        blocks_(blocks),
        out_(out) {}

  AnswerContext write();

 private:
  bool same() const { return request_.source == Dialect::Anthropic; }
  bool isOffered(const Tool& tool);
  void writeTool(const Tool& tool);
  void writeToolChoice();

  const ChatRequest& request_;
  const AnthropicTarget& target_;
  const Thinking& thinking_;
  Losses& losses_;
  AnthropicBlockWriter& blocks_;
  json::Writer& out_;
  AnswerContext context_;
};

bool ToolWriter::isOffered(const Tool& tool) {
  if (!tool.other.empty() && !same()) {
    losses_.drop(Field::Tools, "has one that only its own provider runs");
    return false;
  }
  const auto* allowed = request_.tool_choice ? &request_.tool_choice->allowed : nullptr;
  return allowed == nullptr || allowed->empty() ||
         std::find(allowed->begin(), allowed->end(), tool.name) != allowed->end();
}

AnswerContext ToolWriter::write() {
  if (!target_.output_format) context_.json_tool = jsonToolName(request_);
  std::vector<const Tool*> offered;
  for (const Tool& tool : request_.tools)
    if (isOffered(tool)) offered.push_back(&tool);
  if (offered.empty() && context_.json_tool.empty()) return {};
  out_.key("tools").beginArray();
  for (const Tool* tool : offered) writeTool(*tool);
  if (!context_.json_tool.empty()) {
    losses_.change(Field::ResponseFormat, "is told as a tool that must be called");
    out_.beginObject().field("name", context_.json_tool);
    out_.field("description", kJsonToolDescription);
    out_.rawField("input_schema", request_.response_format->schema).endObject();
  }
  out_.endArray();
  writeToolChoice();
  return std::move(context_);
}

void ToolWriter::writeTool(const Tool& tool) {
  if (!tool.other.empty()) {
    out_.raw(tool.other);
    return;
  }
  const bool custom = tool.kind == ToolKind::Custom;
  if (custom) {
    context_.custom_tools.push_back(tool.name);
    losses_.change(Field::Tools, "has one with free input, which is told as an object");
  }
  out_.beginObject().field("name", tool.name);
  if (!tool.description.empty()) out_.field("description", tool.description);
  const std::string_view schema = custom                ? kTextInput
                                  : tool.schema.empty() ? kAnyObject
                                                        : std::string_view(tool.schema);
  out_.rawField("input_schema", schema);
  if (tool.strict && (same() || target_.output_format))
    out_.field("strict", *tool.strict);
  else if (tool.strict.value_or(false))
    losses_.drop(Field::ToolStrict, "is not known to the model");
  if (tool.cache) blocks_.writeCacheMark(*tool.cache);
  blocks_.writeExtras(tool.extras, "tools.");
  out_.endObject();
}

void ToolWriter::writeToolChoice() {
  using Mode = ToolChoice::Mode;
  ToolChoice choice = wantedChoice(request_, context_);
  const bool forced = choice.mode == Mode::Named || choice.mode == Mode::Required;
  if (forced && thinking_.active() && (!same() || !context_.json_tool.empty())) {
    losses_.drop(Field::ToolChoice, "is refused while the model thinks");
    choice.mode = Mode::Auto;
  }
  const bool alone = request_.parallel_tools == false;
  if (!request_.tool_choice && context_.json_tool.empty() && !alone) return;
  out_.key("tool_choice").beginObject();
  switch (choice.mode) {
    case Mode::Auto: out_.field("type", "auto"); break;
    case Mode::Required: out_.field("type", "any"); break;
    case Mode::None: out_.field("type", "none"); break;
    case Mode::Named: out_.field("type", "tool").field("name", choice.name); break;
  }
  const bool said = alone || (same() && request_.parallel_tools);
  if (said && choice.mode != Mode::None) out_.field("disable_parallel_tool_use", alone);
  out_.endObject();
}

}  // namespace

AnswerContext writeAnthropicTools(const ChatRequest& request, const AnthropicTarget& target,
                                  const Thinking& thinking, Losses& losses,
                                  AnthropicBlockWriter& blocks, json::Writer& out) {
  return ToolWriter(request, target, thinking, losses, blocks, out).write();
}

}  // namespace penstock::dialect
