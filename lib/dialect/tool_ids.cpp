#include "dialect/tool_ids.h"

#include <algorithm>

#include <fmt/format.h>

namespace penstock::dialect {
namespace {

bool isTaken(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '-';
}

std::string sanitised(std::string_view id) {
  std::string text(id);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return !isTaken(c); }, '_');
  return text.empty() ? "call" : text;
}

ApiError mismatch(std::string_view id, std::string_view what) {
  return invalidRequest("invalid_value",
                        fmt::format("Invalid value for 'messages': the tool {} '{}'.", what, id),
                        "messages");
}

}  // namespace

const std::string& ToolIds::map(std::string_view id) {
  if (const auto known = mapped_.find(id); known != mapped_.end()) return known->second;
  const std::string plain = sanitised(id);
  std::string unique = plain;
  int& next = next_.try_emplace(plain, 2).first->second;  // from the first each time takes long
  while (used_.contains(unique)) unique = fmt::format("{}_{}", plain, next++);
  used_.insert(unique);
  return mapped_.emplace(id, std::move(unique)).first->second;
}

Status checkToolPairs(const ChatRequest& request) {
  std::set<std::string_view> open;
  const auto unanswered = [&open] { return mismatch(*open.begin(), "call has no result:"); };
  for (const Message& message : request.messages) {
    if (message.role == Role::Assistant && !open.empty()) return unanswered();
    for (const Part& part : message.parts) {
      if (const auto* call = part.as<ToolCallPart>()) open.insert(call->id);
      const auto* result = part.as<ToolResultPart>();
      if (result != nullptr && open.erase(result->call_id) == 0)
        return mismatch(result->call_id, "result answers no call before it:");
    }
  }
  if (!open.empty()) return unanswered();
  return Unit{};
}

}  // namespace penstock::dialect
