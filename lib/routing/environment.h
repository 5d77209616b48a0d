#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "model/provider.h"
#include "pricing/quote.h"
#include "routing/health.h"
#include "routing/target_health.h"
#include "rules/facts.h"

namespace penstock::routing {

// What decisions are made in, beside the configuration: how targets stand and what they cost, the
// time and chance. Live for requests; of the past for a replay. Used by one thread at a time.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual TargetView view(const model::Provider& provider, std::string_view model) = 0;
  // The median of the last `seconds` with the number of samples in it, for policies whose window is
  // not the health board's own.
  struct Latency {
    int64_t p50_ms = -1;
    int64_t samples = 0;
  };
  virtual Latency latency(const model::Provider& provider, std::string_view model,
                          int64_t seconds) = 0;
  virtual HealthStatus status(const model::Provider& provider) = 0;  // of the last minute
  virtual pricing::Quote quote(const model::Provider& provider, std::string_view model) = 0;
  virtual UnixMillis now() const = 0;
  virtual uint64_t random() = 0;
};

// What policies look at of the request itself. Costly looks are functions: asked only when a policy
// needs them.
class RequestTraits {
 public:
  virtual ~RequestTraits() = default;
  virtual int64_t promptTokens() const = 0;  // an estimate
  virtual std::optional<int64_t> maxOutputTokens() const = 0;
  virtual bool hasTools() const = 0;
  virtual bool hasImages() const = 0;
  virtual bool wantsJsonSchema() const = 0;
  // Whose requests an A/B test treats alike: end user, conversation or trace; empty: nobody's.
  virtual std::string_view stickyKey() const = 0;
  // What requests share that find the same prompt cache warm; 0: nothing.
  virtual uint64_t affinityKey() const = 0;
  virtual const rules::Facts& facts() const = 0;
};

}  // namespace penstock::routing
