#include "dialect/anthropic_request.h"

#include "dialect/anthropic_input.h"
#include "dialect/anthropic_thinking.h"
#include "dialect/json_members.h"
#include "dialect/request_fields.h"
#include "json/document.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kStrictVersion = "2026-10-21";

enum class Limit : uint8_t { Required, Absent };

Result<AnthropicRequest> parse(std::string_view text, const json::Limits& limits, Limit limit) {
  AnthropicRequest request;
  if (auto status = json::scanObject(text, request.body, limits, "the request body"); !status)
    return std::move(status).error();
  FieldReader fields(request.body, "");
  readModel(fields, request);
  readMessages(fields, request);
  if (limit == Limit::Required) {
    if (fields.find("max_tokens") == nullptr) fields.failMissing("max_tokens");
    readOutputLimit(fields, "max_tokens", request);
    request.stream = fields.boolean("stream");
  }
  readExtensions(fields, request);
  json::ObjectIndex metadata;
  if (scanAt(request.body, "metadata", metadata)) request.user = borrowedText(metadata, "user_id");
  request.service_tier = borrowedText(request.body, "service_tier");
  request.has_tools = holdsElements(request.body, "tools");
  if (fields.error()) return std::move(*fields.error());
  return request;
}

ApiError extraInput(const std::string& field) {
  return invalidRequest("invalid_value", field + ": Extra inputs are not permitted", field);
}

// What the version refuses of one message; `place` is "messages.3".
Status checkMessage(std::string_view raw, const std::string& place) {
  json::ObjectIndex message, block;
  if (!json::scanObject(raw, message)) return Unit{};
  const bool assistant = textAt(message, "role") == "assistant";
  const json::Member* content = message.find("content");
  if (content == nullptr || content->kind != json::Kind::Array) return Unit{};
  Status checked = Unit{};
  int place_in_content = 0;
  json::forEachElement(content->value, [&](std::string_view element) {
    const std::string at = place + ".content." + std::to_string(place_in_content++);
    if (!json::scanObject(element, block)) return true;
    const std::string type = textAt(block, "type");
    if (assistant && type == "document")
      checked = extraInput(at);
    else if (!assistant && type == "text" && holdsElements(block, "citations"))
      checked = extraInput(at + ".citations");
    return checked.has_value();
  });
  return checked;
}

// A limit that is lowered for the caller's budgets takes the budget for thinking with it.
std::string fittedThinking(std::string_view raw, int64_t max_tokens) {
  json::ObjectIndex thinking;
  if (!json::scanObject(raw, thinking)) return std::string(raw);
  json::Splicer splicer(thinking);
  for (size_t i = 0; i < thinking.size(); ++i) {
    if (thinking[i].key != "budget_tokens") continue;
    const auto budget = fittedBudget(json::rawInteger(thinking[i].value).value_or(0), max_tokens);
    if (!budget) return R"({"type":"disabled"})";
    splicer.replaceValue(i, std::to_string(*budget));
  }
  return splicer.build().str();
}

}  // namespace

// Also within results of tools.
bool AnthropicRequest::hasImages() const {
  return content.find("\"image\"") != std::string_view::npos;
}

bool AnthropicRequest::wantsJsonSchema() const {
  json::ObjectIndex config;
  return scanAt(body, "output_config", config) && presentAt(config, "format") != nullptr;
}

std::string AnthropicRequest::jsonSchema() const {
  const json::Member* config = body.find("output_config");
  const auto parsed = json::parse(config == nullptr ? "null" : config->value);
  const auto format = parsed ? parsed->root().find("format") : std::nullopt;
  const auto schema = format ? format->find("schema") : std::nullopt;
  return schema ? schema->text() : std::string();
}

InputBound AnthropicRequest::boundInput() const { return boundAnthropicInput(*this); }

int64_t AnthropicRequest::estimateInputTokens() const { return estimateAnthropicInput(*this); }

bool AnthropicRequest::searchesWeb() const { return toolsName(body, {"web_search"}); }

Result<AnthropicRequest> parseAnthropicMessages(std::string_view text, const json::Limits& limits) {
  return parse(text, limits, Limit::Required);
}

Result<AnthropicRequest> parseAnthropicCountTokens(std::string_view text,
                                                   const json::Limits& limits) {
  return parse(text, limits, Limit::Absent);
}

Status checkAnthropicVersion(const AnthropicRequest& request, std::string_view version) {
  if (version < kStrictVersion) return Unit{};  // dates in this form sort as texts
  for (const char* field : {"temperature", "top_p", "top_k"})
    if (request.body.find(field) != nullptr) return extraInput(field);
  Status checked = Unit{};
  int place = 0;
  json::forEachElement(request.content, [&](std::string_view message) {
    checked = checkMessage(message, "messages." + std::to_string(place++));
    return checked.has_value();
  });
  return checked;
}

json::Spliced encodeAnthropicRequest(const AnthropicRequest& request, std::string_view model,
                                     const std::optional<int64_t>& max_tokens) {
  json::Splicer splicer(request.body);
  for (size_t i = 0; i < request.body.size(); ++i) {
    const json::Member& member = request.body[i];
    if (member.key == "model")
      splicer.replaceValue(i, json::quoted(model));
    else if (member.key.starts_with("mlx:"))
      splicer.removeMember(i);
    else if (max_tokens && member.key == "max_tokens")
      splicer.replaceValue(i, std::to_string(*max_tokens));
    else if (max_tokens && member.key == "thinking" && member.kind == json::Kind::Object)
      splicer.replaceValue(i, fittedThinking(member.value, *max_tokens));
  }
  return splicer.build();
}

}  // namespace penstock::dialect
