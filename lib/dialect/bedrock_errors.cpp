#include "dialect/bedrock_errors.h"

#include <string>

#include "json/document.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxWordBytes = 128;

// "com.amazon.coral.service#UnrecognizedClientException", "ThrottlingException:http://…"
std::string_view plainType(std::string_view type) {
  if (const size_t hash = type.rfind('#'); hash != std::string_view::npos)
    type.remove_prefix(hash + 1);
  return type.substr(0, type.find(':'));
}

}  // namespace

UpstreamError parseBedrockError(std::string_view body, int status, std::string_view error_type) {
  UpstreamError error = parseOpenAiError(body, status);
  const auto document = json::parse(body, {.max_bytes = 1 << 20});
  // Some of AWS's services write it with a capital.
  const auto message = document ? document->root().find("Message") : std::nullopt;
  if (message) error = parseOpenAiError("{\"message\":" + message->text() + "}", status);
  const auto told = document ? document->root().stringAt("__type") : std::nullopt;
  const std::string_view type = plainType(error_type.empty() ? told.value_or("") : error_type);
  if (!type.empty() && type.size() <= kMaxWordBytes) error.type = type;
  return error;
}

}  // namespace penstock::dialect
