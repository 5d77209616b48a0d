#pragma once

#include "json/writer.h"
#include "model/usage.h"

namespace penstock::dialect {

// {"prompt_tokens":…,"completion_tokens":…,"total_tokens":…,"prompt_tokens_details":{…},
// "completion_tokens_details":{…}} of the buckets, for callers: openai_usage.h says what is in
// what.
void writeOpenAiUsage(json::Writer& out, const model::Usage& usage);

}  // namespace penstock::dialect
