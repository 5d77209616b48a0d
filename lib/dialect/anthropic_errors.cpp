#include "dialect/anthropic_errors.h"

#include "http/sse.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

std::string envelope(std::string_view type, std::string_view message, std::string_view code,
                     std::string_view request_id) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("type", "error").key("error").beginObject();
  out.field("type", type).field("message", message);
  if (!code.empty()) out.key("details").beginObject().field("error_code", code).endObject();
  out.endObject();
  if (!request_id.empty()) out.field("request_id", request_id);
  out.endObject();
  return body;
}

bool isAnthropicType(std::string_view type) {
  for (int i = 0; i <= static_cast<int>(ErrorClass::Overloaded); ++i)
    if (anthropicErrorType(static_cast<ErrorClass>(i)) == type) return true;
  return false;
}

}  // namespace

std::string renderAnthropicError(const ApiError& error, std::string_view request_id) {
  return envelope(anthropicErrorType(classOf(error.kind)), error.message, error.code, request_id);
}

std::string renderAnthropicErrorEvent(const ApiError& error, std::string_view request_id) {
  std::string event;
  http::appendSseEvent(event, "error", renderAnthropicError(error, request_id));
  return event;
}

UpstreamError parseAnthropicError(std::string_view body, int status) {
  UpstreamError error = parseOpenAiError(body, status);
  const auto document = json::parse(body, {.max_bytes = 1 << 20});
  const auto inner = document ? document->root().find("error") : std::nullopt;
  const auto details = inner ? inner->find("details") : std::nullopt;
  const auto code = details ? details->stringAt("error_code") : std::nullopt;
  if (code && code->size() <= 128) error.code = *code;
  return error;
}

std::string renderAnthropicError(const UpstreamError& error, int status,
                                 std::string_view request_id) {
  const std::string_view type =
      isAnthropicType(error.type)
          ? std::string_view(error.type)
          : anthropicErrorType(fittingStatus(classOf(error, status), status));
  return envelope(type, error.message, error.code, request_id);
}

UpstreamError openAiErrorOf(const UpstreamError& error, int status) {
  const ErrorClass kind = classOf(error, status);
  UpstreamError told = error;
  told.type = openAiErrorType(kind);
  if (told.code.empty()) told.code = openAiErrorCode(kind);
  return told;
}

}  // namespace penstock::dialect
