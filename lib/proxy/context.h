#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/published.h"
#include "batch/desk.h"
#include "budget/ledger.h"
#include "budget/rate_limit.h"
#include "cache/response_cache.h"
#include "config/snapshot.h"
#include "executor/executor.h"
#include "http/client.h"
#include "metrics/registry.h"
#include "pricing/catalogue.h"
#include "responses/keeper.h"
#include "routing/health.h"
#include "routing/retry_budget.h"
#include "telemetry/exporter.h"
#include "trace/recorder.h"
#include "upstream/credentials.h"

namespace penstock::proxy {

struct ProxyOptions {
  http::Timeouts timeouts;
  // Until the head of an answer with images, which some models take minutes to make; the timeouts'
  // own where that is longer.
  std::chrono::milliseconds image_first_byte{300'000};
  // For a provider's counter of tokens, all in all; then the answer is an estimate.
  std::chrono::milliseconds count_timeout{2'000};
  uint64_t max_response_bytes = 64ULL << 20;
  uint64_t max_body_bytes = 32ULL << 20;
  uint64_t max_file_bytes = 256ULL << 20;  // of what is uploaded, and of Anthropic's batches
  uint64_t max_audio_bytes = 25ULL << 20;  // of a recording to be written down
  // Of files that are put into requests, over all requests under way.
  uint64_t max_inlined_bytes = 512ULL << 20;
  int64_t max_in_flight = 10'000;          // requests being served at once; more are shed with 503
  int64_t rate_limit_rpm = 600;            // of keys without a limit of their own
  size_t stream_buffer_bytes = 256 << 10;  // held for a slow reader before its upstream is paused
  // In lists of several models: until a stream's first content, where the config says nothing else.
  int64_t chain_timeout_ms = 30'000;
  int64_t max_wait_ms = 3'000;  // for a target that said when to come back, or a retry
  int max_retries = 2;          // at targets that failed already
  int64_t retry_base_ms = 100;  // doubled with each, and jittered
};

// What the proxy API works with: shared by all loops, thread-safe, outlives every request.
struct Context {
  const Published<config::Snapshot>& config;
  const pricing::PriceCatalogue& prices;
  budget::RateLimiter& rate_limits;
  budget::Ledger& ledger;
  routing::HealthBoard& health;
  routing::RetryBudget& retries;
  trace::Recorder& recorder;
  metrics::Registry& metrics;
  const Clock& clock;
  Logger& log;
  ProxyOptions options;
  std::atomic<int64_t> in_flight{0};
  std::atomic<uint64_t> inlined_bytes{0};
  telemetry::Exporter* telemetry = nullptr;      // null: no spans are exported
  cache::ResponseCache* cache = nullptr;         // null: no answers are kept, whatever configs say
  upstream::Credentials* credentials = nullptr;  // set before the first request
  batch::Desk* desk = nullptr;                   // likewise
  responses::Keeper* responses = nullptr;        // null: none are kept
  executor::Executor* executor = nullptr;        // likewise
};

}  // namespace penstock::proxy
