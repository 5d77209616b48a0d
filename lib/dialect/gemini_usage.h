#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "json/writer.h"
#include "model/usage.h"

namespace penstock::dialect {

// What a Gemini answer says that it used, over the chunks of a stream: each tells all so far, so a
// later count replaces an earlier one (spec/dialects.md 9). Of its "usageMetadata":
//
//   {"promptTokenCount":P,"cachedContentTokenCount":C,"toolUsePromptTokenCount":U,
//    "candidatesTokenCount":A,"thoughtsTokenCount":T,"totalTokenCount":P+U+A+T,
//    "promptTokensDetails":[{"modality":"AUDIO","tokenCount":…}],"cacheTokensDetails":[…],
//    "candidatesTokensDetails":[…],"serviceTier":"priority","trafficType":"ON_DEMAND_PRIORITY"}
//
// P includes C, A is beside T, U is more input. Where the total tells more than all of these, the
// rest is output. Counts are bounded as OpenAI's are. Grounding by Google Search is counted by the
// queries of a candidate's "groundingMetadata", and by the prompt of models before Gemini 3: so it
// is billed (ai.google.dev/gemini-api/docs/pricing).
class GeminiUsage {
 public:
  // An answer, or a chunk of one.
  void update(json::ValueRef answer);
  // source is None when no count has come.
  model::Usage usage() const;
  // "standard", "priority" or "flex", whether the Developer API says so or Vertex; else what it
  // says, in lower case; empty: nothing.
  const std::string& serviceTier() const { return service_tier_; }

 private:
  struct Modalities {
    int64_t audio = 0, image = 0;
  };
  void updateCounts(json::ValueRef metadata);
  void updateTier(json::ValueRef metadata);
  static void replace(std::optional<int64_t>& count, json::ValueRef metadata, std::string_view key);
  static void replace(Modalities& counts, json::ValueRef metadata, std::string_view key);

  std::optional<int64_t> prompt_, cached_, tool_use_, candidates_, thoughts_, total_;
  Modalities prompt_of_, cached_of_, candidates_of_;
  void countSearches(json::ValueRef answer);

  // Chunks may tell all queries until then, or those that are new.
  std::vector<std::string> queries_;
  int64_t searches_ = 0;
  std::string service_tier_;
};

// {"promptTokenCount":…,…} of the buckets, for callers.
void writeGeminiUsage(json::Writer& out, const model::Usage& usage);

// What accounting needs of a whole Gemini answer.
struct GeminiResponse {
  model::Usage usage;
  std::string model;         // as the provider says
  std::string service_tier;  // GeminiUsage::serviceTier()
  bool valid = false;        // the body is a JSON object and no error
};
GeminiResponse readGeminiResponse(std::string_view body);

// The answer to countTokens, {"totalTokens":31}, both ways; nothing when it is none.
std::string renderGeminiTokenCount(int64_t tokens);
std::optional<int64_t> readGeminiTokenCount(std::string_view body);

}  // namespace penstock::dialect
