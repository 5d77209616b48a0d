#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "model/provider.h"
#include "routing/outcome.h"
#include "routing/target_health.h"

namespace penstock::routing {

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

// The health of all providers by id, and of their models. Providers' entries appear on first use
// and stay; targets that nobody holds are dropped when there are very many. Thread-safe.
class HealthBoard {
 public:
  struct Options {
    // Attempts under way at once at a target whose provider has no limit of its own.
    int64_t max_in_flight = 4096;
    std::function<uint64_t()> random = fastRandom;  // for jitter; thread-safe
    size_t max_targets = 16'384;
  };
  HealthBoard() : HealthBoard(Options()) {}
  explicit HealthBoard(Options options) : options_(std::move(options)) {}

  // For hot users, to be kept: it lives on its own.
  std::shared_ptr<ProviderHealth> of(std::string_view provider_id);
  // The same of one of its models, to be asked for again when the provider was edited: that is how
  // it learns of a new limit, quota group or credential.
  std::shared_ptr<TargetHealth> target(const model::Provider& provider, std::string_view model);

  struct KnownTarget {
    std::string provider_id, model;
    std::shared_ptr<const TargetHealth> health;
  };
  // By provider and model; all of them without a provider.
  std::vector<KnownTarget> targets(std::string_view provider_id = {}) const;

  void record(std::string_view provider_id, const Outcome& outcome, UnixMillis now) {
    of(provider_id)->record(outcome, now);
  }
  void recordProbe(std::string_view provider_id, std::string error, UnixMillis now) {
    of(provider_id)->recordProbe(std::move(error), now);
  }
  HealthStatus status(std::string_view provider_id, UnixMillis now) const;

 private:
  struct ProviderEntry {
    std::shared_ptr<ProviderHealth> health = std::make_shared<ProviderHealth>();
    std::shared_ptr<Cooldown> credential = std::make_shared<Cooldown>();
    UnixMillis updated_at = 0;  // the provider's, as last seen
    std::map<std::string, std::shared_ptr<TargetHealth>, std::less<>> targets;
  };
  ProviderEntry& entryOf(std::string_view provider_id);
  std::shared_ptr<Cooldown> groupOf(const model::Provider& provider);
  void dropUnused();

  const Options options_;
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, ProviderEntry, std::less<>> providers_;
  std::map<std::string, std::shared_ptr<Cooldown>, std::less<>> groups_;
  size_t target_count_ = 0;
};

}  // namespace penstock::routing
