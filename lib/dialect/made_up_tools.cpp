#include "dialect/made_up_tools.h"

#include <algorithm>

namespace penstock::dialect {

std::string jsonToolName(const ChatRequest& request) {
  const auto& format = request.response_format;
  if (!format || format->mode != ResponseFormat::Mode::JsonSchema) return {};
  std::string name = "json_answer";
  const auto taken = [&request, &name] {
    return std::any_of(request.tools.begin(), request.tools.end(),
                       [&name](const Tool& tool) { return tool.name == name; });
  };
  while (taken()) name += '_';
  return name;
}

ToolChoice wantedChoice(const ChatRequest& request, const AnswerContext& context) {
  if (context.json_tool.empty()) return request.tool_choice.value_or(ToolChoice{});
  const bool alone = request.tools.empty();
  return alone ? ToolChoice{.mode = ToolChoice::Mode::Named, .name = context.json_tool}
               : ToolChoice{.mode = ToolChoice::Mode::Required};
}

}  // namespace penstock::dialect
