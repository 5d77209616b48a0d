#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demo/chat_request.h"

namespace penstock::demo {

struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // JSON text, cut off where max_tokens says so
};

// One of the n choices, complete.
struct Choice {
  std::string content;
  std::vector<ToolCall> tool_calls;  // then content is empty and sent as null
  std::string_view finish_reason;    // "stop", "length" or "tool_calls"
  uint64_t tokens = 0;               // of content, or of the calls' names and arguments
};

struct Reply {
  std::vector<Choice> choices;
  uint64_t prompt_tokens = 0;
  uint64_t completion_tokens = 0;  // of all choices
};

// Makes the reply up from the request and nothing else: the same request gets the same reply. In
// this order:
//   - tools are called if tool_choice forces one (the named one; else those whose names the last
//     user message mentions; else the first), or if it leaves the choice and the last user message
//     mentions a tool's name, and no tool has just answered;
//   - response_format makes it a JSON text;
//   - otherwise it is a sentence that quotes the last user message.
// Then stop sequences (for sentences only) and max_tokens cut it short.
Reply composeReply(const ChatRequest& request);

}  // namespace penstock::demo
