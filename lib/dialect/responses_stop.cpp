#include "dialect/responses_stop.h"

namespace penstock::dialect {

using Reason = Stop::Reason;

Stop stopOfResponses(std::string_view status, std::string_view reason, Calls calls) {
  if (status != "incomplete")
    return {.reason = calls == Calls::Some ? Reason::ToolUse : Reason::EndTurn,
            .raw = std::string(status)};
  const std::string raw(reason);
  if (reason == "max_output_tokens") return {.reason = Reason::MaxTokens, .raw = raw};
  if (reason == "content_filter") return {.reason = Reason::Refusal, .raw = raw};
  return {.reason = Reason::Unknown, .raw = raw};
}

std::string_view incompleteReason(Reason reason) {
  switch (reason) {
    case Reason::MaxTokens:
    case Reason::ContextWindow: return "max_output_tokens";
    case Reason::Refusal: return "content_filter";
    case Reason::EndTurn:
    case Reason::StopSequence:
    case Reason::ToolUse:
    case Reason::PauseTurn:
    case Reason::Unknown: return {};
  }
  return {};
}

}  // namespace penstock::dialect
