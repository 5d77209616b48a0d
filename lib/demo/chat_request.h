#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "demo/faults.h"
#include "json/value.h"

namespace penstock::demo {

struct Tool {
  std::string_view name;
  std::optional<json::ValueRef> parameters;  // its JSON Schema
};

// What the responder reads of a chat completion request. Views into the request's Document.
struct ChatRequest {
  enum class ToolChoice : uint8_t { None, Auto, Required };
  enum class Format : uint8_t { Text, JsonObject, JsonSchema };

  std::string model;  // without faults
  Faults faults;

  // The conversation.
  std::string last_user;    // text of the last user message, its parts joined by a space
  std::string tool_result;  // text of the tool messages at the very end, if there are any
  size_t images = 0;        // image parts in all messages
  uint64_t prompt_hash = 0;
  uint64_t prompt_tokens = 0;

  // How to answer.
  uint64_t choices = 1;
  std::optional<uint64_t> max_tokens;
  std::vector<std::string> stop;
  bool stream = false;
  bool include_usage = false;

  std::vector<Tool> tools;
  ToolChoice tool_choice = ToolChoice::Auto;
  std::optional<size_t> named_tool;  // tool_choice names this one
  bool parallel_tools = true;

  Format format = Format::Text;
  std::optional<json::ValueRef> schema;
};

// Reads and checks a request as OpenAI would: unknown fields and unknown content parts are ignored,
// known ones must have their type.
Result<ChatRequest> readChatRequest(json::ValueRef root);

}  // namespace penstock::demo
