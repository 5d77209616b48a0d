#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_parts.h"
#include "model/usage.h"

namespace penstock::dialect {

// The typed chat model: an answer. One choice; a request for several has no translation.

struct Stop {
  enum class Reason : uint8_t {
    EndTurn,
    StopSequence,
    MaxTokens,
    ContextWindow,
    ToolUse,
    Refusal,
    PauseTurn,  // to be sent again to go on
    Unknown,    // a word that is newer than this code: see raw
  };
  Reason reason = Reason::EndTurn;
  std::string sequence = {};  // of StopSequence, where the provider tells
  std::string raw = {};       // the provider's word
};

struct ChatAnswer {
  std::string id = {};     // the provider's
  std::string model = {};  // as the provider names it
  std::vector<Part> parts = {};
  Stop stop = {};
  model::Usage usage = {};
  std::string service_tier = {};
};

// The words for a stop reason in each dialect (spec/dialects.md 8), and back. Unknown words are
// Unknown, which is written as the end of a turn, the word itself in an extension field.
Stop stopOfOpenAi(std::string_view finish_reason);
Stop stopOfAnthropic(std::string_view stop_reason);
Stop stopOfGemini(std::string_view finish_reason);  // of one without calls
Stop stopOfConverse(std::string_view stop_reason);
std::string_view openAiFinish(Stop::Reason reason);
std::string_view anthropicStop(Stop::Reason reason);
std::string_view geminiFinish(Stop::Reason reason);
// The provider's word where the caller's dialect says less than it; else empty. Goes to the caller
// as "x_stop_reason".
std::string_view openAiExtension(const Stop& stop);
std::string_view anthropicExtension(const Stop& stop);
std::string_view geminiExtension(const Stop& stop);

}  // namespace penstock::dialect
