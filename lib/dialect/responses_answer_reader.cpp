// {"id":"resp_…","object":"response","status":"completed","model":"…","output":[…],"usage":{…}}
#include "dialect/responses_answer_reader.h"

#include <algorithm>
#include <iterator>

#include "dialect/openai_answer_reader.h"
#include "dialect/responses_errors.h"
#include "dialect/responses_item_reader.h"
#include "dialect/responses_stop.h"
#include "dialect/responses_usage.h"
#include "json/document.h"

namespace penstock::dialect {
namespace {

ApiError failedAnswer(std::string_view body) {
  const UpstreamError error = parseResponsesError(body, 502);
  return {ErrorKind::UpstreamFailed, error.code.empty() ? "upstream_error" : error.code,
          error.message};
}

}  // namespace

Result<ChatAnswer> readResponsesAnswer(std::string_view body) {
  const auto document = json::parse(body);
  if (!document) return invalidAnswer(document.error().message);
  const json::ValueRef root = document->root();
  const std::string_view status = root.stringAt("status").value_or("completed");
  if (status == "failed") return failedAnswer(body);
  if (status != "completed" && status != "incomplete")
    return invalidAnswer("a response that is " + std::string(status));
  const auto output = root.find("output");
  if (!output || !output->isArray()) return invalidAnswer("no output");
  ChatAnswer answer;
  answer.id = root.stringAt("id").value_or("");
  Reading lenient;
  std::vector<Message> messages;
  ResponsesItemReader items(lenient, messages);
  for (const json::ValueRef item : output->elements()) items.read(item);
  for (Message& message : messages)
    std::move(message.parts.begin(), message.parts.end(), std::back_inserter(answer.parts));
  const bool calls = std::any_of(answer.parts.begin(), answer.parts.end(),
                                 [](const Part& part) { return part.is<ToolCallPart>(); });
  const auto details = root.find("incomplete_details");
  answer.stop = stopOfResponses(status, details ? details->stringAt("reason").value_or("") : "",
                                calls ? Calls::Some : Calls::None);
  OpenAiResponse response = readResponsesResponse(body);
  answer.model = std::move(response.model);
  answer.usage = response.usage;
  answer.service_tier = std::move(response.service_tier);
  return answer;
}

}  // namespace penstock::dialect
