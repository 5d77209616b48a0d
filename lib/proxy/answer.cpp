#include "proxy/answer.h"

#include <string>

namespace penstock::proxy {
namespace {

// Of one answer, those of budgets included.
constexpr size_t kMostHeaders = 20;

std::string seconds(int64_t millis) { return std::to_string((millis + 999) / 1000); }

}  // namespace

void addRetryAfter(http::Headers& headers, int64_t millis) {
  headers.emplace_back("Retry-After", seconds(millis));
  headers.emplace_back("retry-after-ms", std::to_string(millis));
}

void addAnswerHeaders(http::Headers& headers, const model::RequestLog& row,
                      const budget::RateDecision* rate) {
  headers.reserve(kMostHeaders);
  headers.emplace_back("X-Modelux-Request-Id", row.request_id);
  headers.emplace_back("x-request-id", row.request_id);  // where OpenAI's SDKs look for it
  headers.emplace_back("X-Modelux-Cache", "MISS");
  if (!row.provider.empty()) headers.emplace_back("X-Modelux-Provider-Used", row.provider);
  if (!row.model.empty()) headers.emplace_back("X-Modelux-Model-Used", row.model);
  if (!row.ab_variant.empty()) headers.emplace_back("X-Modelux-AB-Variant", row.ab_variant);
  if (rate == nullptr) return;
  headers.emplace_back("x-ratelimit-limit-requests", std::to_string(rate->limit));
  headers.emplace_back("x-ratelimit-remaining-requests", std::to_string(rate->remaining));
  headers.emplace_back("x-ratelimit-reset-requests", std::to_string(rate->reset_ms) + "ms");
}

}  // namespace penstock::proxy
