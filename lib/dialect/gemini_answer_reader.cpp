// {"candidates":[{"content":{"parts":[…],"role":"model"},"finishReason":"STOP","index":0}],
//  "promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{…},"modelVersion":"gemini-…",
//  "responseId":"…"}
#include "dialect/gemini_answer_reader.h"

#include <algorithm>

#include "dialect/anthropic_answer_reader.h"
#include "dialect/gemini_usage.h"
#include "dialect/gemini_wire.h"
#include "dialect/openai_answer_reader.h"
#include "json/document.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

bool hasCalls(const std::vector<Part>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Part& part) { return part.is<ToolCallPart>(); });
}

}  // namespace

std::vector<Part> readGeminiCandidate(GeminiPartReader& reader, ValueRef candidate,
                                      const AnswerContext& context) {
  std::vector<Part> parts;
  const auto content = memberOf(candidate, "content");
  const auto list = content ? memberOf(*content, "parts") : std::nullopt;
  if (list) reader.read(*list, parts);
  const auto& custom = context.custom_tools;
  for (Part& part : parts) {
    if (part.is<ImagePart>() || part.is<AudioPart>() || part.is<DocumentPart>())
      part.value = OtherPart{"inlineData", "true"};
    auto* call = std::get_if<ToolCallPart>(&part.value);
    if (call == nullptr || std::find(custom.begin(), custom.end(), call->name) == custom.end())
      continue;
    call->kind = ToolKind::Custom;
    call->arguments = customInput(call->arguments);
  }
  return parts;
}

std::optional<ValueRef> firstCandidate(ValueRef candidates) {
  for (const ValueRef candidate : candidates.elements())
    if (candidate.isObject() && candidate.intAt("index").value_or(0) == 0) return candidate;
  return std::nullopt;
}

std::string blockReason(ValueRef response) {
  const auto feedback = memberOf(response, "promptFeedback");
  return feedback ? textOf(*feedback, "blockReason") : std::string();
}

bool isGeminiFailure(std::string_view finish_reason) {
  constexpr std::string_view kFailures[] = {"MALFORMED_FUNCTION_CALL",
                                            "MALFORMED_RESPONSE",
                                            "UNEXPECTED_TOOL_CALL",
                                            "TOO_MANY_TOOL_CALLS",
                                            "OTHER",
                                            "LANGUAGE"};
  return std::find(std::begin(kFailures), std::end(kFailures), finish_reason) !=
         std::end(kFailures);
}

Result<ChatAnswer> readGeminiAnswer(std::string_view body, const AnswerContext& context) {
  const auto document = json::parse(body);
  if (!document) return invalidAnswer(document.error().message);
  const ValueRef root = document->root();
  ChatAnswer answer{.id = textOf(root, "responseId"), .model = textOf(root, "modelVersion")};
  GeminiUsage usage;
  usage.update(root);
  answer.usage = usage.usage();
  answer.service_tier = usage.serviceTier();
  const auto candidates = memberOf(root, "candidates");
  const auto candidate = candidates ? firstCandidate(*candidates) : std::nullopt;
  if (!candidate) {
    const std::string blocked = blockReason(root);
    if (blocked.empty()) return invalidAnswer("no candidate");
    answer.stop = {.reason = Stop::Reason::Refusal, .raw = blocked};
    return answer;
  }
  const std::string finish = textOf(*candidate, "finishReason");
  if (isGeminiFailure(finish)) return invalidAnswer("the model failed: " + finish);
  Reading lenient;
  GeminiPartReader reader(lenient, answer.id);
  answer.parts = readGeminiCandidate(reader, *candidate, context);
  if (candidates->size() > 1) answer.parts.push_back({.value = OtherPart{"candidates", "true"}});
  answer.stop = stopOfGemini(finish.empty() ? "STOP" : finish);
  if (answer.stop.reason == Stop::Reason::EndTurn && hasCalls(answer.parts))
    answer.stop.reason = Stop::Reason::ToolUse;
  return answer;
}

}  // namespace penstock::dialect
