// {"id":"resp_…","object":"response","created_at":…,"status":"completed","error":null,
//  "incomplete_details":null,"model":"…","output":[…],"usage":{…},"instructions":null,"tools":[],…}
#include "dialect/responses_object.h"

#include "dialect/responses_echo.h"
#include "dialect/responses_stop.h"
#include "dialect/responses_usage.h"

namespace penstock::dialect {
namespace {

using Status = ResponsesObject::Status;

std::string_view incompleteOf(const ResponsesObject& response) {
  return response.stop == nullptr ? std::string_view() : incompleteReason(response.stop->reason);
}

std::string_view statusWord(const ResponsesObject& response) {
  switch (response.status) {
    case Status::InProgress: return "in_progress";
    case Status::Failed: return "failed";
    case Status::Ended: break;
  }
  return incompleteOf(response).empty() ? "completed" : "incomplete";
}

void writeHow(json::Writer& out, const ResponsesObject& response) {
  out.field("status", statusWord(response)).key("error");
  if (response.error == nullptr)
    out.null();
  else
    out.beginObject()
        .field("code", response.error_code)
        .field("message", response.error->message)
        .endObject();
  out.key("incomplete_details");
  if (const auto reason = incompleteOf(response); !reason.empty())
    out.beginObject().field("reason", reason).endObject();
  else
    out.null();
  if (response.stop == nullptr) return;
  if (const auto raw = openAiExtension(*response.stop); !raw.empty())
    out.field("x_stop_reason", raw);
}

void writeOutput(json::Writer& out, const ResponsesObject& response) {
  out.key("output").beginArray();
  if (response.output != nullptr)
    for (const OutputItem& item : *response.output) writeOutputItem(out, item);
  out.endArray();
}

}  // namespace

std::string ResponsesHead::idOf(std::string_view given) const {
  return ids == Ids::Ours && !id.empty() ? id : responsesId(given, id);
}

std::string renderResponse(const ResponsesObject& response) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("id", response.id).field("object", "response");
  out.field("created_at", response.head.created);
  writeHow(out, response);
  out.field("model", response.model);
  writeOutput(out, response);
  if (response.usage != nullptr && response.usage->source != model::Usage::Source::None) {
    out.key("usage");
    writeResponsesUsage(out, *response.usage);
  } else {
    out.key("usage").null();
  }
  if (!response.service_tier.empty()) out.field("service_tier", response.service_tier);
  if (!response.trace.empty()) out.rawField("mlx:trace", response.trace);
  text += ',';
  text += response.head.echo.empty() ? responsesEcho("{}") : response.head.echo;
  text += '}';
  return text;
}

}  // namespace penstock::dialect
