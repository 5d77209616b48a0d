#pragma once

#include <string>
#include <string_view>

#include "dialect/chat_request.h"

namespace penstock::dialect {

// What request writers say in place of what a target does not know. Answer readers turn it back
// (AnswerContext).

// The schema of a function for which none was given, and of a custom tool.
inline constexpr std::string_view kAnyObject = R"({"type":"object","properties":{}})";
inline constexpr std::string_view kTextInput =
    R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"]})";

// For an answer that is to be any JSON.
inline constexpr std::string_view kJsonOnly =
    "Answer with one JSON object and nothing else: no words around it, no code fence.";

// For an answer by a schema, a tool that must be called, by a name that no other has. Empty: the
// request wants no such answer.
std::string jsonToolName(const ChatRequest& request);
inline constexpr std::string_view kJsonToolDescription =
    "Gives the answer. Call it once, in place of any other answer.";
// The choice that makes the model call it; without one, what the caller wants.
ToolChoice wantedChoice(const ChatRequest& request, const AnswerContext& context);

}  // namespace penstock::dialect
