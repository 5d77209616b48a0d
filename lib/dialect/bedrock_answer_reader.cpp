// {"output":{"message":{"role":"assistant","content":[{"text":"…"},{"toolUse":{…}}]}},
//  "stopReason":"end_turn","usage":{…},"metrics":{…},"serviceTier":{"type":"default"}}
#include "dialect/bedrock_answer_reader.h"

#include <string>

#include "dialect/anthropic_answer_reader.h"
#include "dialect/bedrock_usage.h"
#include "dialect/openai_answer_reader.h"
#include "json/document.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

std::string textAt(ValueRef object, std::string_view key) {
  return std::string(object.stringAt(key).value_or(""));
}

bool readReasoning(ValueRef value, Part& part) {
  if (const auto redacted = value.stringAt("redactedContent")) {
    part.value = RedactedThinkingPart{std::string(*redacted)};
    return true;
  }
  const auto text = value.find("reasoningText");
  if (text) part.value = ThinkingPart{textAt(*text, "text"), textAt(*text, "signature")};
  return text.has_value();
}

// A block is an object of one member, which says its kind.
Part readBlock(ValueRef block) {
  Part part;
  if (const auto text = block.stringAt("text")) {
    part.value = TextPart{std::string(*text)};
    return part;
  }
  if (const auto call = block.find("toolUse")) {
    const auto input = call->find("input");
    part.value = ToolCallPart{.id = textAt(*call, "toolUseId"),
                              .name = textAt(*call, "name"),
                              .arguments = input ? input->text() : std::string()};
    return part;
  }
  const auto reasoning = block.find("reasoningContent");
  if (reasoning && readReasoning(*reasoning, part)) return part;
  const std::string_view kind = block.isObject() && block.size() > 0 ? block.keyAt(0) : "block";
  part.value = OtherPart{std::string(kind), block.text()};
  return part;
}

}  // namespace

bool isBedrockFailure(std::string_view stop_reason) {
  return stop_reason == "malformed_model_output" || stop_reason == "malformed_tool_use";
}

Result<ChatAnswer> readBedrockAnswer(std::string_view body, const AnswerContext& context) {
  const auto document = json::parse(body);
  if (!document) return invalidAnswer(document.error().message);
  const ValueRef root = document->root();
  const auto output = root.find("output");
  const auto message = output ? output->find("message") : std::nullopt;
  const auto content = message ? message->find("content") : std::nullopt;
  if (!content || !content->isArray()) return invalidAnswer("no content");
  const std::string stop = textAt(root, "stopReason");
  if (isBedrockFailure(stop)) return invalidAnswer("the model failed: " + stop);
  ChatAnswer answer;
  for (const ValueRef block : content->elements()) answer.parts.push_back(readBlock(block));
  answer.stop = stopOfConverse(stop.empty() ? "end_turn" : stop);
  if (const auto usage = root.find("usage")) answer.usage = readBedrockUsage(*usage);
  if (const auto tier = root.find("serviceTier")) answer.service_tier = textAt(*tier, "type");
  unwrapTools(answer, context);
  return answer;
}

}  // namespace penstock::dialect
