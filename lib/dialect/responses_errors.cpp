// event: error            data: {"type":"error","code":"server_error","message":"…","param":null,
//                                "sequence_number":7}, or with all of it in "error":{…}
// event: response.failed  data: {"type":…,"response":{"status":"failed","error":{"code":…,
//                                "message":…},…}}
#include "dialect/responses_errors.h"

#include "dialect/error_class.h"
#include "dialect/json_members.h"
#include "http/sse.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

std::string renderEvent(std::string_view code, std::string_view message, std::string_view param,
                        int64_t sequence) {
  std::string json, event;
  json::Writer out(json);
  const auto word = [&out](std::string_view key, std::string_view text) {
    out.key(key);
    if (text.empty())
      out.null();
    else
      out.value(text);
  };
  out.beginObject().field("type", "error");
  word("code", code);
  out.field("message", message);
  word("param", param);
  out.field("sequence_number", sequence).endObject();
  http::appendSseEvent(event, "error", json);
  return event;
}

// The object with the code and the message, wherever it is; else the whole.
std::string_view innermost(std::string_view body) {
  json::ObjectIndex index, response;
  if (!json::scanObject(body, index)) return body;
  const bool nested = scanAt(index, "response", response);
  const json::Member* error = presentAt(nested ? response : index, "error");
  return error != nullptr && error->kind == json::Kind::Object ? error->value : body;
}

// Codes of a failed response that tell no type: all but these are about the request.
bool isServers(std::string_view code) {
  return code.empty() || code == "server_error" || code == "vector_store_timeout" ||
         code == "data_residency_mismatch";
}

}  // namespace

std::string renderResponsesErrorEvent(const ApiError& error, int64_t sequence) {
  return renderEvent(error.code, error.message, error.param, sequence);
}

std::string renderResponsesErrorEvent(const UpstreamError& error, int64_t sequence) {
  return renderEvent(error.code.empty() ? error.type : error.code, error.message, error.param,
                     sequence);
}

UpstreamError parseResponsesError(std::string_view body, int status) {
  const std::string_view inner = innermost(body);
  UpstreamError error = parseOpenAiError(inner, status);
  json::ObjectIndex index;
  if (!json::scanObject(inner, index)) return error;
  const std::string type = textAt(index, "type");
  if (!type.empty() && type != "error") return error;
  const ErrorClass kind = classOf(UpstreamError{.code = error.code}, status);
  const bool about_request = kind == ErrorClass::Server && !isServers(error.code);
  error.type = about_request ? "invalid_request_error" : openAiErrorType(kind);
  return error;
}

std::string_view responsesErrorCode(const UpstreamError& error, int status) {
  switch (classOf(error, status)) {
    case ErrorClass::RateLimit: return "rate_limit_exceeded";
    case ErrorClass::InvalidRequest:
    case ErrorClass::TooLarge: return "invalid_prompt";
    default: return "server_error";
  }
}

}  // namespace penstock::dialect
