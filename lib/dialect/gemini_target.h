#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialect/chat_request.h"

namespace penstock::dialect {

// What a Gemini model can be asked (spec/dialects.md 4, 5, 7). The defaults are the newest model's.
struct GeminiTarget {
  std::string model;  // as the provider names it, for the URL: it is not in the body
  enum class Thinking : uint8_t { None, Budget, Level } thinking = Thinking::Level;
  int64_t least_budget = 128, most_budget = 32'768;  // of Budget
  bool can_stop_thinking = false;                    // of Budget: takes 0
  Effort least_level = Effort::Minimal;              // of Level
  bool medium_level = true;                          // likewise
  // Takes JSON Schema, else Google's own subset of OpenAPI's.
  bool json_schema = true;
  bool tools_with_json = true;      // tools beside an answer in JSON
  bool call_ids = true;             // functionCall.id
  bool result_media = true;         // functionResponse.parts
  bool signed_calls = true;         // refuses calls of the turn under way without a signature
  bool fetches_urls = true;         // fileData of addresses outside of Google
  bool searches_by_prompt = false;  // Google Search is billed once a prompt, else by the query
};

// By what Google documents of its families: "gemini-2.5-flash-lite", "models/gemini-3-pro". Names
// without a version get the defaults, as do those that are not Gemini's.
GeminiTarget geminiTargetOf(std::string_view model);

}  // namespace penstock::dialect
