#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/text.h"

namespace penstock::routing {

// How an attempt at a provider ended, as far as the provider is to be judged by it.
enum class OutcomeKind : uint8_t {
  Success,      // an answer, a refusal of the caller's own mistake included
  RateLimited,  // 429
  ServerError,  // 5xx, or an error inside a stream
  Timeout,
  Transport,      // no connection, or one that broke
  Credential,     // 401 or 403 for the gateway's own credential
  InvalidAnswer,  // nothing that its dialect allows
};
std::string_view outcomeName(OutcomeKind kind);  // "rate_limited"

struct Outcome {
  OutcomeKind kind = OutcomeKind::Success;
  int64_t latency_ms = 0;  // from the attempt's start to the head of the answer
};

enum class HealthState : uint8_t { Unknown, Healthy, Degraded, Unhealthy };
std::string_view healthStateName(HealthState state);  // "healthy"

struct HealthStatus {
  HealthState state = HealthState::Unknown;
  std::optional<double> success_rate;       // of the samples, 0 to 1
  std::optional<int64_t> p50_ms, p95_ms;    // of the successful among them
  int64_t samples = 0;                      // attempts of the last kHealthWindow
  std::optional<UnixMillis> last_check_at;  // the last attempt or probe
  std::string last_error;                   // of the last that failed; empty when none did
  bool operator==(const HealthStatus&) const = default;
};

constexpr UnixMillis kHealthWindow = 60'000;

// What is known of one provider: its last attempts, up to 256 and up to a minute old. Thread-safe;
// recording is a handful of instructions under a lock of its own. Outlives snapshots.
class ProviderHealth {
 public:
  void record(const Outcome& outcome, UnixMillis now);
  // A check of ours: not a sample, but the last word while there are few. `error` is for people;
  // empty means that it went well.
  void recordProbe(std::string error, UnixMillis now);

  // With 10 samples or more: unhealthy when half of them failed, degraded when a tenth did
  // (spec/modelux.md 13.17). With fewer the last attempt or probe decides, while it is fresh.
  HealthStatus status(UnixMillis now) const;

 private:
  struct Sample {
    UnixMillis at = 0;
    int32_t latency_ms = 0;
    OutcomeKind kind = OutcomeKind::Success;
  };
  static constexpr size_t kSamples = 256;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::array<Sample, kSamples> ring_{};
  size_t recorded_ = 0;  // ever; the next goes to recorded_ % kSamples
  std::optional<UnixMillis> last_check_at_;
  bool last_succeeded_ = false;
  OutcomeKind last_failure_ = OutcomeKind::Success;  // Success: last_probe_error_ says it
  std::string last_probe_error_;
};

// The health of all providers by id. Entries appear on first use and stay: there are as many as
// providers were ever used since the start. Thread-safe.
class HealthBoard {
 public:
  // For hot users, to be kept: it lives on its own.
  std::shared_ptr<ProviderHealth> of(std::string_view provider_id);

  void record(std::string_view provider_id, const Outcome& outcome, UnixMillis now) {
    of(provider_id)->record(outcome, now);
  }
  void recordProbe(std::string_view provider_id, std::string error, UnixMillis now) {
    of(provider_id)->recordProbe(std::move(error), now);
  }
  HealthStatus status(std::string_view provider_id, UnixMillis now) const;

 private:
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::string, std::shared_ptr<ProviderHealth>, TextHash, std::equal_to<>>
      providers_;
};

}  // namespace penstock::routing
