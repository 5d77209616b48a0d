// {"error":{"code":429,"message":"…","status":"RESOURCE_EXHAUSTED","details":[
//   {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED","domain":"…"},
//   {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"33s"}]}}
#include "dialect/gemini_errors.h"

#include <charconv>

#include <fmt/format.h>

#include "dialect/error_class.h"
#include "dialect/gemini_wire.h"
#include "http/sse.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxWordBytes = 128;
constexpr std::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr std::string_view kRetryInfo = "type.googleapis.com/google.rpc.RetryInfo";

struct Told {
  int code = 500;
  std::string_view message, status, reason;
  std::optional<int64_t> retry_after_ms = {};
};

std::string envelope(const Told& told) {
  std::string body;
  json::Writer out(body);
  out.beginObject().key("error").beginObject().field("code", told.code);
  out.field("message", told.message).field("status", told.status);
  if (!told.reason.empty() || told.retry_after_ms) out.key("details").beginArray();
  if (!told.reason.empty()) {
    out.beginObject().field("@type", kErrorInfo).field("reason", told.reason);
    out.field("domain", "penstock").endObject();
  }
  if (told.retry_after_ms) {
    const double seconds = static_cast<double>(*told.retry_after_ms) / 1000;
    out.beginObject().field("@type", kRetryInfo);
    out.field("retryDelay", fmt::format("{}s", seconds)).endObject();
  }
  if (!told.reason.empty() || told.retry_after_ms) out.endArray();
  out.endObject().endObject();
  return body;
}

// The error object of a body, which may be in an array.
std::optional<json::ValueRef> errorOf(json::ValueRef root) {
  if (root.isArray()) return root.size() > 0 ? errorOf(root.at(0)) : std::nullopt;
  const auto error = memberOf(root, "error");
  return error && error->isObject() ? error : std::nullopt;
}

// Its detail of that type.
std::optional<json::ValueRef> detailOf(json::ValueRef error, std::string_view type) {
  const auto details = memberOf(error, "details");
  if (!details) return std::nullopt;
  for (const json::ValueRef detail : details->elements())
    if (detail.stringAt("@type") == type) return detail;
  return std::nullopt;
}

}  // namespace

std::string renderGeminiError(const ApiError& error) {
  return envelope({.code = httpStatus(error.kind),
                   .message = error.message,
                   .status = geminiStatus(classOf(error.kind)),
                   .reason = error.code,
                   .retry_after_ms = error.retry_after_ms});
}

std::string renderGeminiErrorEvent(const ApiError& error, GeminiFraming framing) {
  if (framing == GeminiFraming::Array) return ",\r\n" + renderGeminiError(error) + "]";
  std::string event;
  http::appendSseEvent(event, {}, renderGeminiError(error));
  return event;
}

UpstreamError parseGeminiError(std::string_view body, int status) {
  UpstreamError error = parseOpenAiError(body, status);
  const auto document = json::parse(body, {.max_bytes = 1 << 20});
  const auto inner = document ? errorOf(document->root()) : std::nullopt;
  if (!inner) return error;
  error.code.clear();  // the HTTP status
  const std::string word = textOf(*inner, "status");
  if (!word.empty() && word.size() <= kMaxWordBytes) error.type = word;
  const auto info = detailOf(*inner, kErrorInfo);
  std::string reason = info ? textOf(*info, "reason") : std::string();
  if (reason.size() <= kMaxWordBytes) error.code = std::move(reason);
  return error;
}

std::optional<int64_t> geminiRetryDelayMs(std::string_view body) {
  const auto document = json::parse(body, {.max_bytes = 1 << 20});
  const auto error = document ? errorOf(document->root()) : std::nullopt;
  const auto info = error ? detailOf(*error, kRetryInfo) : std::nullopt;
  if (!info) return std::nullopt;
  const std::string delay = textOf(*info, "retryDelay");
  double seconds = 0;
  const auto parsed = std::from_chars(delay.data(), delay.data() + delay.size(), seconds);
  const bool told = parsed.ec == std::errc() && std::string_view(parsed.ptr) == "s";
  if (!told || !(seconds >= 0 && seconds <= 1e6)) return std::nullopt;  // nor NaN
  return static_cast<int64_t>(seconds * 1000);
}

std::string renderGeminiError(const UpstreamError& error, int status) {
  const ErrorClass kind = fittingStatus(classOf(error, status), status);
  constexpr int kOverloaded = 529, kUnavailable = 503;  // Anthropic's own word for Google's
  return envelope({.code = status == kOverloaded ? kUnavailable : status,
                   .message = error.message,
                   .status = geminiStatus(kind),
                   .reason = error.code});
}

}  // namespace penstock::dialect
