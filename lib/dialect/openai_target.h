#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialect/chat_request.h"

namespace penstock::dialect {

// What an OpenAI-compatible target can be asked. The defaults are what every server takes: presets
// and catalogue rows widen them.
struct OpenAiTarget {
  std::string model;  // as the provider names it
  // Reasoning models of OpenAI refuse "max_tokens", other servers know nothing else.
  std::string_view limit_field = "max_tokens";
  bool sampling = true;         // takes temperature, top_p and penalties
  bool top_k = false;           // as vLLM and others do beyond OpenAI's own fields
  bool developer_role = false;  // else it is told "system"
  bool stream_usage = true;     // knows stream_options
  bool json_schema = true;      // else json_object
  bool strict_tools = true;     // knows "strict" in tools
  bool files = true;            // PDFs as parts
  // The efforts that reasoning_effort may name; nothing: it is refused.
  struct Efforts {
    Effort least, most;
  };
  std::optional<Efforts> efforts = {};
  enum class CacheMarks : uint8_t {
    Leave,
    Breakpoint,
    CacheControl
  } cache_marks = CacheMarks::Leave;
  // How the thinking in the history is told: not at all, DeepSeek's way, or LiteLLM's with
  // signatures.
  enum class Reasoning : uint8_t { Leave, Content, Blocks } reasoning = Reasoning::Leave;
};

// By what OpenAI documents of its own families (gpt-4, gpt-5, o1, …); the defaults for all others.
OpenAiTarget openAiTargetOf(std::string_view model);

// Whether it is a reasoning model of OpenAI's, to which only max_completion_tokens may be said.
bool refusesMaxTokens(std::string_view model);

// Whether it searches the web for every chat completion, which its usage does not tell.
bool searchesAlways(std::string_view model);

}  // namespace penstock::dialect
