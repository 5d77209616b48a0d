#pragma once

#include "json/value.h"
#include "model/usage.h"

namespace penstock::dialect {

// The usage of a Converse answer as disjoint buckets:
//
//   {"inputTokens":I,"outputTokens":O,"totalTokens":…,"cacheReadInputTokens":R,
//    "cacheWriteInputTokens":W,"cacheDetails":[{"ttl":"1h","inputTokens":…}]}
//
// I is beside R and W; what W holds beyond its classes is of the 5-minute one. Counts are bounded as
// OpenAI's are. source is None when no count is in it.
model::Usage readBedrockUsage(json::ValueRef usage);

}  // namespace penstock::dialect
