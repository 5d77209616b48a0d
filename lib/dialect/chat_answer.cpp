#include "dialect/chat_answer.h"

#include <array>

namespace penstock::dialect {
namespace {

using Reason = Stop::Reason;

struct Word {
  std::string_view word;
  Reason reason;
};

constexpr std::array<Word, 5> kOpenAi{{
    {"stop", Reason::EndTurn},
    {"length", Reason::MaxTokens},
    {"tool_calls", Reason::ToolUse},
    {"function_call", Reason::ToolUse},
    {"content_filter", Reason::Refusal},
}};

constexpr std::array<Word, 7> kAnthropic{{
    {"end_turn", Reason::EndTurn},
    {"stop_sequence", Reason::StopSequence},
    {"max_tokens", Reason::MaxTokens},
    {"model_context_window_exceeded", Reason::ContextWindow},
    {"tool_use", Reason::ToolUse},
    {"refusal", Reason::Refusal},
    {"pause_turn", Reason::PauseTurn},
}};

template <size_t N>
Stop stopOf(const std::array<Word, N>& words, std::string_view word) {
  for (const Word& known : words) {
    if (known.word == word) return {.reason = known.reason, .raw = std::string(word)};
  }
  return {.reason = Reason::Unknown, .raw = std::string(word)};
}

}  // namespace

Stop stopOfOpenAi(std::string_view finish_reason) { return stopOf(kOpenAi, finish_reason); }

Stop stopOfAnthropic(std::string_view stop_reason) { return stopOf(kAnthropic, stop_reason); }

std::string_view openAiFinish(Stop::Reason reason) {
  switch (reason) {
    case Reason::EndTurn:
    case Reason::StopSequence:
    case Reason::PauseTurn:
    case Reason::Unknown: return "stop";
    case Reason::MaxTokens:
    case Reason::ContextWindow: return "length";
    case Reason::ToolUse: return "tool_calls";
    case Reason::Refusal: return "content_filter";
  }
  return "stop";
}

std::string_view anthropicStop(Stop::Reason reason) {
  for (const Word& known : kAnthropic) {
    if (known.reason == reason) return known.word;
  }
  return "end_turn";
}

std::string_view openAiExtension(const Stop& stop) {
  switch (stop.reason) {
    case Reason::EndTurn:
    case Reason::MaxTokens:
    case Reason::ToolUse:
    case Reason::Refusal: return {};
    case Reason::StopSequence:
    case Reason::ContextWindow:
    case Reason::PauseTurn:
    case Reason::Unknown: return stop.raw;
  }
  return {};
}

std::string_view anthropicExtension(const Stop& stop) {
  return stop.reason == Reason::Unknown ? std::string_view(stop.raw) : std::string_view();
}

}  // namespace penstock::dialect
