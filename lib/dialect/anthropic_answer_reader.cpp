// {"id":"msg_…","type":"message","role":"assistant","model":"…","content":[…],
//  "stop_reason":"end_turn","stop_sequence":null,"usage":{…}}
#include "dialect/anthropic_answer_reader.h"

#include <algorithm>

#include "dialect/anthropic_block_reader.h"
#include "dialect/anthropic_usage.h"
#include "dialect/openai_answer_reader.h"
#include "dialect/wire_reading.h"
#include "json/document.h"

namespace penstock::dialect {
std::string customInput(std::string_view arguments) {
  if (const auto document = json::parse(arguments)) {
    if (const auto text = document->root().stringAt("input")) return std::string(*text);
  }
  return std::string(arguments);
}

void unwrapTools(ChatAnswer& answer, const AnswerContext& context) {
  bool calls = false;
  for (Part& part : answer.parts) {
    auto* call = std::get_if<ToolCallPart>(&part.value);
    if (call == nullptr) continue;
    if (call->name == context.json_tool) {
      part.value = TextPart{std::move(call->arguments)};
      continue;
    }
    calls = true;
    const auto& custom = context.custom_tools;
    if (std::find(custom.begin(), custom.end(), call->name) == custom.end()) continue;
    call->kind = ToolKind::Custom;
    call->arguments = customInput(call->arguments);
  }
  if (!calls && answer.stop.reason == Stop::Reason::ToolUse)
    answer.stop = {.reason = Stop::Reason::EndTurn, .raw = "end_turn"};
}

Result<ChatAnswer> readAnthropicAnswer(std::string_view body, const AnswerContext& context) {
  const auto document = json::parse(body);
  if (!document) return invalidAnswer(document.error().message);
  const json::ValueRef root = document->root();
  const auto content = root.find("content");
  if (!content || !content->isArray()) return invalidAnswer("no content");
  ChatAnswer answer;
  answer.id = root.stringAt("id").value_or("");
  Reading lenient;
  answer.parts = readBlocks(lenient, *content);
  answer.stop = stopOfAnthropic(root.stringAt("stop_reason").value_or("end_turn"));
  answer.stop.sequence = root.stringAt("stop_sequence").value_or("");
  AnthropicResponse response = readAnthropicResponse(body);
  answer.model = std::move(response.model);
  answer.usage = response.usage;
  answer.service_tier = std::move(response.service_tier);
  unwrapTools(answer, context);
  return answer;
}

}  // namespace penstock::dialect
