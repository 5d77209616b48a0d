#include "demo/chat_messages.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "demo/fields.h"
#include "demo/hash.h"
#include "demo/tokenizer.h"

namespace penstock::demo {
namespace {

constexpr uint64_t kMessageTokens = 4;
constexpr uint64_t kImageTokens = 85;
constexpr uint64_t kReplyTokens = 3;
constexpr std::array<std::string_view, 6> kRoles{"system",    "developer", "user",
                                                 "assistant", "tool",      "function"};

Result<std::string_view> readRole(json::ValueRef message) {
  auto field = message.get("role");
  if (!field) return std::move(field).error();
  auto role = field->getString();
  if (!role) return role;
  if (std::find(kRoles.begin(), kRoles.end(), *role) != kRoles.end()) return role;
  return invalidRequest(
      "invalid_value", "'role' must be one of: system, developer, user, assistant, tool, function.",
      field->pointer());
}

// Adds a content part's text to `text`; parts of unknown types count for nothing.
Status readPart(json::ValueRef part, std::string& text, ChatRequest& request) {
  auto type = part.get("type");
  if (!type) return std::move(type).error();
  auto name = type->getString();
  if (!name) return std::move(name).error();
  if (*name == "image_url") ++request.images;
  if (*name != "text" && *name != "refusal") return Unit{};
  auto field = part.get(*name);
  if (!field) return std::move(field).error();
  auto piece = field->getString();
  if (!piece) return std::move(piece).error();
  if (!text.empty()) text += ' ';
  text += *piece;
  return Unit{};
}

Result<std::string> readContent(json::ValueRef message, std::string_view role,
                                ChatRequest& request) {
  std::string text;
  const auto content = findField(message, "content");
  if (!content) {
    if (role == "assistant" || role == "function") return text;
    return invalidRequest("missing_field", fmt::format("A {} message needs 'content'.", role),
                          message.pointer() + "/content");
  }
  if (const auto plain = content->asString()) return std::string(*plain);
  if (!content->isArray()) {
    return invalidRequest("invalid_type", "'content' must be a string or an array of parts.",
                          content->pointer());
  }
  for (json::ValueRef part : content->elements()) {
    if (Status status = readPart(part, text, request); !status) return std::move(status).error();
  }
  return text;
}

void countMessage(json::ValueRef message, std::string_view text, ChatRequest& request) {
  request.prompt_tokens += kMessageTokens + countTokens(text);
  request.prompt_tokens += countTokens(message.stringAt("name").value_or(""));
  if (const auto calls = findField(message, "tool_calls")) {
    request.prompt_tokens += countTokens(calls->text());
  }
}

Status readMessage(json::ValueRef message, ChatRequest& request) {
  auto role = readRole(message);
  if (!role) return std::move(role).error();
  auto text = readContent(message, *role, request);
  if (!text) return std::move(text).error();
  countMessage(message, *text, request);
  request.prompt_hash = hashText(*text, hashText(*role, request.prompt_hash));
  if (*role == "tool" || *role == "function") {
    if (!request.tool_result.empty()) request.tool_result += "; ";
    request.tool_result += *text;
  } else {
    request.tool_result.clear();
  }
  if (*role == "user") request.last_user = *std::move(text);
  return Unit{};
}

}  // namespace

Status readMessages(json::ValueRef root, ChatRequest& request) {
  auto messages = root.get("messages");
  if (!messages) return std::move(messages).error();
  if (!messages->isArray() || messages->size() == 0) {
    return invalidRequest("invalid_type", "'messages' must be an array with at least one message.",
                          messages->pointer());
  }
  request.prompt_hash = hashText(request.model);
  for (json::ValueRef message : messages->elements()) {
    if (Status status = readMessage(message, request); !status) return status;
  }
  request.prompt_tokens += kReplyTokens + kImageTokens * request.images;
  if (const auto tools = findField(root, "tools")) {
    request.prompt_tokens += countTokens(tools->text());
  }
  return Unit{};
}

}  // namespace penstock::demo
