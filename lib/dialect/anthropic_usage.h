#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/writer.h"
#include "model/usage.h"

namespace penstock::dialect {

// The usage of an Anthropic answer, added up over the events of a stream: counts are cumulative, so
// a later one replaces an earlier one, and null keeps it (spec/dialects.md 7, 9).
//
//   {"input_tokens":I,"output_tokens":O,"cache_read_input_tokens":R,
//    "cache_creation_input_tokens":W,
//    "cache_creation":{"ephemeral_5m_input_tokens":…,"ephemeral_1h_input_tokens":…},
//    "output_tokens_details":{"thinking_tokens":…},
//    "server_tool_use":{"web_search_requests":…},"service_tier":"standard","speed":"fast",
//    "inference_geo":"us"}
//
// I is beside R and W, O includes the thinking. What W holds beyond its two classes is of the
// 5-minute one. Counts are bounded as OpenAI's are.
class AnthropicUsage {
 public:
  // Takes the raw JSON of a usage object.
  void update(std::string_view raw);
  // source is None when no count has come.
  model::Usage usage() const;
  // As pricing::TierMultipliers reads it: "standard,speed=fast,inference_geo=us".
  const std::string& serviceTier() const { return tiers_; }

 private:
  std::optional<int64_t> input_, output_, cache_read_, cache_write_, cache_5m_, cache_1h_,
      thinking_, web_searches_;
  std::string service_tier_, speed_, inference_geo_, tiers_;
};

// {"input_tokens":…,…} of the buckets, for callers. `input` of a message_start without exact
// figures is an estimate with an output of 0.
void writeAnthropicUsage(json::Writer& out, const model::Usage& usage);

// What accounting needs of a whole Anthropic answer.
struct AnthropicResponse {
  model::Usage usage;
  std::string model;         // as the provider says
  std::string service_tier;  // likewise; empty when it says nothing
  bool valid = false;        // the body is a JSON object and no error
};
AnthropicResponse readAnthropicResponse(std::string_view body);

// Output tokens of a whole answer by estimate.h's rule, for when it has no usage.
int64_t estimateAnthropicOutput(std::string_view body);

}  // namespace penstock::dialect
