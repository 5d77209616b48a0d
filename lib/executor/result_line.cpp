#include "executor/result_line.h"

#include "executor/line.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::executor {
namespace {

using model::ObjectSurface;

constexpr std::string_view kEnds[] = {"succeeded", "errored", "canceled", "expired"};

// An answer that is no JSON is told as text; so is one that is too deep for the line to be read
// again.
std::string bodyOf(std::string_view body) {
  json::Limits limits;
  limits.max_bytes = body.size();
  limits.max_depth -= 4;
  return json::validate(body, limits) ? onOneLine(body) : json::quoted(body);
}

void beginOpenAi(json::Writer& out, const Answered& request) {
  const size_t prefix = request.batch_id.find('_') + 1;
  out.beginObject().field("id", "batch_req_" + std::string(request.batch_id.substr(prefix)) + "_" +
                                    std::to_string(request.number));
  out.field("custom_id", request.custom_id).key("response");
}

void beginAnthropic(json::Writer& out, std::string_view custom_id, LineEnd end) {
  out.beginObject().field("custom_id", custom_id).key("result").beginObject();
  out.field("type", kEnds[static_cast<size_t>(end)]);
}

}  // namespace

LineEnd endOf(int status) {
  return status >= 200 && status < 300 ? LineEnd::Succeeded : LineEnd::Errored;
}

std::string renderAnswered(ObjectSurface surface, const Answered& answer) {
  std::string line;
  json::Writer out(line);
  if (surface == ObjectSurface::OpenAi) {
    beginOpenAi(out, answer);
    out.beginObject().field("status_code", answer.status).field("request_id", answer.request_id);
    out.rawField("body", bodyOf(answer.body)).endObject().key("error").null().endObject();
    return line += '\n';
  }
  const LineEnd end = endOf(answer.status);
  beginAnthropic(out, answer.custom_id, end);
  out.rawField(end == LineEnd::Succeeded ? "message" : "error", bodyOf(answer.body));
  out.endObject().endObject();
  return line += '\n';
}

std::string renderNotMade(ObjectSurface surface, const Answered& request, const NotMade& why) {
  std::string line;
  json::Writer out(line);
  if (surface == ObjectSurface::OpenAi) {
    beginOpenAi(out, request);
    out.null().key("error").beginObject().field("code", why.code).field("message", why.message);
    out.endObject().endObject();
    return line += '\n';
  }
  beginAnthropic(out, request.custom_id, why.end);
  if (why.end == LineEnd::Errored) {
    out.key("error").beginObject().field("type", "error").key("error").beginObject();
    out.field("type", "authentication_error").field("message", why.message);
    out.endObject().endObject();
  }
  out.endObject().endObject();
  return line += '\n';
}

std::optional<ResultHead> readResult(ObjectSurface surface, std::string_view line) {
  json::ObjectIndex fields;
  json::Limits limits;
  limits.max_bytes = line.size();
  if (!json::scanObject(line, fields, limits)) return std::nullopt;
  const json::Member* custom_id = fields.find("custom_id");
  auto id = custom_id == nullptr ? std::nullopt : json::rawString(custom_id->value);
  if (!id) return std::nullopt;
  ResultHead head{*std::move(id)};
  const json::Member* result = fields.find("result");
  if (surface == ObjectSurface::OpenAi || result == nullptr) return head;
  json::ObjectIndex said;
  if (!json::scanObject(result->value, said, limits)) return std::nullopt;
  const json::Member* type = said.find("type");
  for (size_t i = 0; type != nullptr && i < std::size(kEnds); ++i) {
    if (json::rawString(type->value) == kEnds[i]) head.end = static_cast<LineEnd>(i);
  }
  return head;
}

}  // namespace penstock::executor
