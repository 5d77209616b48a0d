#pragma once

#include <cstdint>

#include "budget/rate_limit.h"
#include "http/message.h"
#include "model/request_log.h"

namespace penstock::proxy {

// Headers that every answer of the proxy carries (spec/modelux.md 2.4): request id, cache status,
// and, once known, who served and what the rate limit has left.
void addAnswerHeaders(http::Headers& headers, const model::RequestLog& row,
                      const budget::RateDecision* rate);

// Retry-After in whole seconds and retry-after-ms.
void addRetryAfter(http::Headers& headers, int64_t millis);

// Whether the caller's SDK should try again by itself. Spent: we have tried what there is to try.
enum class ClientRetry : uint8_t { Default, Spent };

}  // namespace penstock::proxy
