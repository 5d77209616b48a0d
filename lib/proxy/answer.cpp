#include "proxy/answer.h"

#include <string>

namespace penstock::proxy {
namespace {

// Of one answer's headers, those of budgets included.
constexpr size_t kUsualBytes = 896;

}  // namespace

void addRetryAfter(http::Headers& headers, int64_t millis) {
  headers.add("Retry-After", (millis + 999) / 1000);
  headers.add("retry-after-ms", millis);
}

void addAnswerHeaders(http::Headers& headers, const model::RequestLog& row,
                      const budget::RateDecision* rate) {
  headers.reserve(kUsualBytes);
  headers.add("X-Modelux-Request-Id", row.request_id);
  headers.add("x-request-id", row.request_id);  // where OpenAI's SDKs look for it
  headers.add("X-Modelux-Cache", row.fromCache() ? "HIT" : "MISS");
  if (row.fromCache()) headers.add("X-Modelux-Cache-Similarity", "1.0000");
  if (!row.provider.empty()) headers.add("X-Modelux-Provider-Used", row.provider);
  if (!row.model.empty()) headers.add("X-Modelux-Model-Used", row.model);
  if (!row.ab_variant.empty()) headers.add("X-Modelux-AB-Variant", row.ab_variant);
  if (rate == nullptr) return;
  headers.add("x-ratelimit-limit-requests", rate->limit);
  headers.add("x-ratelimit-remaining-requests", rate->remaining);
  headers.add("x-ratelimit-reset-requests", std::to_string(rate->reset_ms) + "ms");
}

}  // namespace penstock::proxy
