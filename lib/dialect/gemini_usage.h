#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"
#include "json/writer.h"
#include "model/usage.h"

namespace penstock::dialect {

// The "usageMetadata" of a Gemini answer, over the chunks of a stream: each tells all so far, so a
// later count replaces an earlier one (spec/dialects.md 9).
//
//   {"promptTokenCount":P,"cachedContentTokenCount":C,"toolUsePromptTokenCount":U,
//    "candidatesTokenCount":A,"thoughtsTokenCount":T,"totalTokenCount":P+U+A+T,
//    "promptTokensDetails":[{"modality":"AUDIO","tokenCount":…}],"cacheTokensDetails":[…],
//    "candidatesTokensDetails":[…]}
//
// P includes C, A is beside T, U is more input. Where the total tells more than all of these, the
// rest is output. Counts are bounded as OpenAI's are.
class GeminiUsage {
 public:
  void update(json::ValueRef metadata);
  // source is None when no count has come.
  model::Usage usage() const;

 private:
  struct Modalities {
    int64_t audio = 0, image = 0;
  };
  static void replace(std::optional<int64_t>& count, json::ValueRef metadata, std::string_view key);
  static void replace(Modalities& counts, json::ValueRef metadata, std::string_view key);

  std::optional<int64_t> prompt_, cached_, tool_use_, candidates_, thoughts_, total_;
  Modalities prompt_of_, cached_of_, candidates_of_;
};

// {"promptTokenCount":…,…} of the buckets, for callers.
void writeGeminiUsage(json::Writer& out, const model::Usage& usage);

// What accounting needs of a whole Gemini answer.
struct GeminiResponse {
  model::Usage usage;
  std::string model;   // as the provider says
  bool valid = false;  // the body is a JSON object and no error
};
GeminiResponse readGeminiResponse(std::string_view body);

// The answer to countTokens, {"totalTokens":31}, both ways; nothing when it is none.
std::string renderGeminiTokenCount(int64_t tokens);
std::optional<int64_t> readGeminiTokenCount(std::string_view body);

}  // namespace penstock::dialect
