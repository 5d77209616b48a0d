#include "dialect/bedrock_usage.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "dialect/usage_counts.h"

namespace penstock::dialect {

model::Usage readBedrockUsage(json::ValueRef usage) {
  const auto count = [](json::ValueRef object, std::string_view key) {
    const auto member = object.find(key);
    const auto number = member ? member->asDouble() : std::nullopt;
    return number ? std::optional(boundedCount(*number)) : std::nullopt;
  };
  model::Usage buckets;
  const auto input = count(usage, "inputTokens"), output = count(usage, "outputTokens");
  if (!input && !output) return buckets;
  buckets.source = model::Usage::Source::Provider;
  buckets.input_uncached = input.value_or(0);
  buckets.output_text = output.value_or(0);
  buckets.input_cache_read = count(usage, "cacheReadInputTokens").value_or(0);
  int64_t written = count(usage, "cacheWriteInputTokens").value_or(0);
  if (const auto details = usage.find("cacheDetails"))
    for (const json::ValueRef each : details->elements())
      if (each.stringAt("ttl") == "1h")
        buckets.input_cache_write_1h += take(written, count(each, "inputTokens").value_or(0));
  buckets.input_cache_write = written;
  return buckets;
}

}  // namespace penstock::dialect
