#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::model {

// The wire formats in which providers are asked and answer. What each means is lib/dialect/'s.
enum class Dialect : uint8_t { OpenAi, OpenAiResponses, Anthropic, Gemini, Bedrock };

constexpr std::string_view dialectName(Dialect dialect) {
  switch (dialect) {
    case Dialect::OpenAi: return "openai";
    case Dialect::OpenAiResponses: return "openai_responses";
    case Dialect::Anthropic: return "anthropic";
    case Dialect::Gemini: return "gemini";
    case Dialect::Bedrock: return "bedrock";
  }
  return "openai";
}

}  // namespace penstock::model
