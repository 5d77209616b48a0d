#pragma once

#include <string_view>

namespace penstock::dialect {

// What request writers say in place of what a target does not know. Answer readers turn it back
// (AnswerContext).

// The schema of a function for which none was given, and of a custom tool.
inline constexpr std::string_view kAnyObject = R"({"type":"object","properties":{}})";
inline constexpr std::string_view kTextInput =
    R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"]})";

// For an answer in JSON: an instruction, or by a schema a tool that must be called.
inline constexpr std::string_view kJsonOnly =
    "Answer with one JSON object and nothing else: no words around it, no code fence.";
inline constexpr std::string_view kJsonTool = "json_answer";
inline constexpr std::string_view kJsonToolDescription =
    "Gives the answer. Call it once, in place of any other answer.";

}  // namespace penstock::dialect
