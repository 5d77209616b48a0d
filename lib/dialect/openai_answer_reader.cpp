#include "dialect/openai_answer_reader.h"

#include <algorithm>

#include "dialect/chat_request.h"
#include "dialect/openai_message_reader.h"
#include "dialect/openai_usage.h"
#include "dialect/wire_reading.h"
#include "json/document.h"

namespace penstock::dialect {

ApiError invalidAnswer(std::string detail) {
  ApiError error{ErrorKind::UpstreamFailed, "invalid_response",
                 "the provider's answer is not one of its format"};
  error.detail = std::move(detail);
  return error;
}

Result<ChatAnswer> readOpenAiAnswer(std::string_view body) {
  const auto document = json::parse(body);
  if (!document) return invalidAnswer(document.error().message);
  const json::ValueRef root = document->root();
  const auto choices = root.find("choices");
  if (!choices || !choices->isArray() || choices->size() == 0) return invalidAnswer("no choices");
  const json::ValueRef choice = choices->at(0);
  const auto message = choice.find("message");
  if (!message || !message->isObject()) return invalidAnswer("no message");
  ChatAnswer answer;
  answer.id = root.stringAt("id").value_or("");
  answer.model = root.stringAt("model").value_or("");
  Reading lenient;
  Message read;
  readOpenAiAssistant(lenient, *message, read);
  answer.parts = std::move(read.parts);
  answer.stop = stopOfOpenAi(choice.stringAt("finish_reason").value_or("stop"));
  const bool calls = std::any_of(answer.parts.begin(), answer.parts.end(),
                                 [](const Part& part) { return part.is<ToolCallPart>(); });
  // Some servers call a tool and say "stop".
  if (calls && answer.stop.reason == Stop::Reason::EndTurn)
    answer.stop.reason = Stop::Reason::ToolUse;
  OpenAiResponse response = readOpenAiResponse(body);
  answer.usage = response.usage;
  answer.service_tier = std::move(response.service_tier);
  return answer;
}

}  // namespace penstock::dialect
