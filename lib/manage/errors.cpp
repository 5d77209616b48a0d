#include "manage/errors.h"

#include "base/id.h"
#include "json/writer.h"

namespace penstock::manage {
namespace {

void writeText(json::Writer& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.field(name, text);
}

std::string envelope(const ApiError& error) {
  std::string body;
  json::Writer out(body);
  out.beginObject().key("error").beginObject();
  out.field("type", typeName(error.kind)).field("message", error.message);
  out.field("code", error.code);
  writeText(out, "param", error.param);
  writeText(out, "resource", error.resource);
  writeText(out, "id", error.id);
  if (!error.fields.empty()) {
    out.key("errors").beginArray();
    for (const FieldError& field : error.fields) {
      out.beginObject().field("param", field.param).field("message", field.message).endObject();
    }
    out.endArray();
  }
  out.endObject().endObject();
  return body;
}

}  // namespace

http::Response errorResponse(const ApiError& error) {
  http::Response response{httpStatus(error.kind), "application/json", envelope(error), {}};
  if (error.kind == ErrorKind::Unauthorized) {
    response.headers.add("WWW-Authenticate", "Bearer");
  }
  if (error.retry_after_ms) {
    const int64_t seconds = (*error.retry_after_ms + 999) / 1000;
    response.headers.add("Retry-After", seconds);
  }
  return response;
}

void addRequestId(http::Response& response, std::string_view request_id) {
  response.headers.add("X-Modelux-Request-Id", request_id);
  response.headers.add("Request-Id", request_id);
}

http::Response renderError(const http::Request&, const ApiError& error) {
  http::Response response = errorResponse(error);
  addRequestId(response, newUuid());
  return response;
}

Status bothHold(Status first, Status second) {
  if (first) return second;
  if (second || second.error().kind != ErrorKind::Unprocessable) return first;
  ApiError both = std::move(first).error();
  ApiError more = std::move(second).error();
  if (more.fields.empty()) more.fields.push_back({more.param, more.message});
  both.fields.insert(both.fields.end(), more.fields.begin(), more.fields.end());
  both.message = both.fields[0].param + ": " + both.fields[0].message + " (and " +
                 std::to_string(both.fields.size() - 1) + " more)";
  return both;
}

ApiError fieldError(std::string param, std::string message) {
  ApiError error{ErrorKind::Unprocessable, "validation_error", param + ": " + message, param};
  error.fields.push_back({std::move(param), std::move(message)});
  return error;
}

}  // namespace penstock::manage
