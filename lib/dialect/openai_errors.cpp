#include "dialect/openai_errors.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxMessageBytes = 2048;
constexpr size_t kMaxWordBytes = 128;

void writeText(json::Writer& out, std::string_view key, std::string_view text) {
  out.key(key);
  if (text.empty())
    out.null();
  else
    out.value(text);
}

std::string envelope(std::string_view message, std::string_view type, std::string_view param,
                     std::string_view code) {
  std::string body;
  json::Writer out(body);
  out.beginObject().key("error").beginObject().field("message", message).field("type", type);
  writeText(out, "param", param);
  writeText(out, "code", code);
  out.endObject().endObject();
  return body;
}

std::string bounded(std::string_view text, size_t size) {
  if (text.size() <= size) return redact(text);
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return redact(text.substr(0, size)) + "…";
}

// A member as text, numbers included: some servers send "code": 404.
std::string wordAt(json::ValueRef object, std::string_view key) {
  const auto value = object.find(key);
  if (!value) return {};
  if (const auto text = value->asString()) return bounded(*text, kMaxWordBytes);
  if (const auto number = value->asInt()) return std::to_string(*number);
  return {};
}

std::string detailText(json::ValueRef detail) {
  if (const auto text = detail.asString()) return std::string(*text);
  if (detail.isArray() && detail.size() > 0) {
    if (const auto text = detail.at(0).stringAt("msg")) return std::string(*text);
  }
  return {};
}

void readErrorObject(json::ValueRef object, UpstreamError& error) {
  error.message = bounded(object.stringAt("message").value_or(""), kMaxMessageBytes);
  error.type = wordAt(object, "type");
  error.code = wordAt(object, "code");
  error.param = wordAt(object, "param");
}

void readErrorBody(json::ValueRef root, UpstreamError& error) {
  if (root.isArray() && root.size() > 0) return readErrorBody(root.at(0), error);
  const auto inner = root.find("error");
  if (inner && inner->isObject()) return readErrorObject(*inner, error);
  if (inner && inner->isString()) {
    error.message = bounded(*inner->asString(), kMaxMessageBytes);
    return;
  }
  readErrorObject(root, error);
  const auto detail = root.find("detail");
  if (error.message.empty() && detail) {
    error.message = bounded(detailText(*detail), kMaxMessageBytes);
  }
}

// Text that a person wrote for people: no markup, no control characters.
bool isPlainText(std::string_view body) {
  if (body.empty() || body.front() == '<' || body.front() == '{' || body.front() == '[')
    return false;
  for (const char c : body.substr(0, kMaxMessageBytes)) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t') return false;
  }
  return true;
}

const char* typeOfStatus(int status) {
  if (status == 401) return "authentication_error";
  if (status == 403) return "permission_error";
  if (status == 404) return "not_found";
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "upstream_error" : "invalid_request_error";
}

}  // namespace

std::string renderOpenAiError(const ApiError& error) {
  return envelope(error.message, typeName(error.kind), error.param, error.code);
}

std::string renderOpenAiErrorEvent(const ApiError& error) {
  return "data: " + renderOpenAiError(error) + "\n\n";
}

UpstreamError parseOpenAiError(std::string_view body, int status) {
  UpstreamError error;
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
  if (const auto document = json::parse(body, {.max_bytes = 1 << 20})) {
    readErrorBody(document->root(), error);
  } else if (isPlainText(body)) {
    error.message = bounded(body, kMaxMessageBytes);
  }
  if (error.message.empty()) {
    error.message = fmt::format("the provider answered with status {}", status);
  }
  if (error.type.empty()) error.type = typeOfStatus(status);
  return error;
}

std::string renderOpenAiError(const UpstreamError& error) {
  return envelope(error.message, error.type, error.param, error.code);
}

}  // namespace penstock::dialect
