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

constexpr std::array<Word, 13> kGemini{{
    {"STOP", Reason::EndTurn},
    {"MAX_TOKENS", Reason::MaxTokens},
    {"SAFETY", Reason::Refusal},
    {"CONTINUATION", Reason::PauseTurn},
    {"RECITATION", Reason::Refusal},
    {"BLOCKLIST", Reason::Refusal},
    {"PROHIBITED_CONTENT", Reason::Refusal},
    {"SPII", Reason::Refusal},
    {"MODEL_ARMOR", Reason::Refusal},
    {"IMAGE_SAFETY", Reason::Refusal},
    {"IMAGE_PROHIBITED_CONTENT", Reason::Refusal},
    {"IMAGE_RECITATION", Reason::Refusal},
    {"IMAGE_OTHER", Reason::Refusal},
}};

constexpr std::array<Word, 7> kConverse{{
    {"end_turn", Reason::EndTurn},
    {"stop_sequence", Reason::StopSequence},
    {"max_tokens", Reason::MaxTokens},
    {"model_context_window_exceeded", Reason::ContextWindow},
    {"tool_use", Reason::ToolUse},
    {"content_filtered", Reason::Refusal},
    {"guardrail_intervened", Reason::Refusal},
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

Stop stopOfGemini(std::string_view finish_reason) { return stopOf(kGemini, finish_reason); }

Stop stopOfConverse(std::string_view stop_reason) { return stopOf(kConverse, stop_reason); }

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

std::string_view geminiFinish(Stop::Reason reason) {
  switch (reason) {
    case Reason::MaxTokens:
    case Reason::ContextWindow: return "MAX_TOKENS";
    case Reason::Refusal: return "SAFETY";
    case Reason::EndTurn:
    case Reason::StopSequence:
    case Reason::ToolUse:
    case Reason::PauseTurn:
    case Reason::Unknown: return "STOP";
  }
  return "STOP";
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

std::string_view geminiExtension(const Stop& stop) {
  const bool plain = stop.reason == Reason::ToolUse ||
                     stopOfGemini(geminiFinish(stop.reason)).reason == stop.reason;
  return plain ? std::string_view() : std::string_view(stop.raw);
}

}  // namespace penstock::dialect
