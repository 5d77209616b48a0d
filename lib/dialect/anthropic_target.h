#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::dialect {

// What a Claude model can be asked (spec/dialects.md 0, 5). The defaults are the newest model's.
struct AnthropicTarget {
  std::string model;  // as the provider names it
  // Sent where the caller named no limit: Anthropic wants one.
  int64_t max_output_tokens = 64'000;
  bool sampling = false;     // takes temperature, top_p, top_k; never with API 2026-10-21
  bool one_sampling = true;  // temperature or top_p, not both
  enum class Thinking : uint8_t { None, Budget, Both, Adaptive } thinking = Thinking::Adaptive;
  bool effort = true;           // output_config.effort
  bool output_format = true;    // output_config.format, else a forced tool
  bool system_messages = true;  // role "system" amid the messages
  bool prefill = false;         // the last message may be the assistant's
  bool user_first = false;      // the first message must be the user's
};

// By what Anthropic documents of its families: "claude-3-5-haiku-20241022", "claude-opus-4-6", also
// in Bedrock's and Vertex's spelling. Names that are not Claude's get the defaults.
AnthropicTarget anthropicTargetOf(std::string_view model);

}  // namespace penstock::dialect
