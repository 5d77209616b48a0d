#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "http/client.h"
#include "http/loop.h"
#include "pricing/quote.h"
#include "provider/endpoint.h"
#include "proxy/context.h"
#include "proxy/metrics.h"

namespace penstock::proxy {

// A provider ready to be called: parsed once, used until the provider changes.
struct Target {
  provider::Endpoint endpoint;
  std::string_view catalogue_provider;  // whose prices apply; lives as long as the catalogue
};

// What one event loop keeps for its requests: its upstream client and caches that need no lock.
// Used on that loop's thread only; outlives its requests.
class LoopContext {
 public:
  LoopContext(Context& context, http::Loop& on, http::Client& upstream)
      : shared(context),
        loop(on),
        client(upstream),
        metrics(context.metrics),
        config_(context.config) {}

  // The configuration as of now; a request takes it once and keeps it.
  const std::shared_ptr<const config::Snapshot>& snapshot() { return config_.get(); }

  // Parsed again only when the provider changed.
  Result<std::shared_ptr<const Target>> target(const model::Provider& provider);

  // What the model takes, where that is known.
  std::optional<int64_t> contextWindow(const config::Snapshot& snapshot,
                                       const model::Provider& provider, std::string_view model,
                                       UnixMillis now);
  pricing::Quote quote(const config::Snapshot& snapshot, const model::Provider& provider,
                       std::string_view model, UnixMillis now, pricing::UnknownModelPolicy unknown);

  // The most that a tier of service that the request may get multiplies the model's price by; see
  // PriceBook.
  int64_t dearestPermille(const pricing::PriceBook& book, const pricing::Seller& seller,
                          std::string_view model, pricing::AskedTier asked);

  // How one of its models stands; asked for again when the provider changed.
  routing::TargetHealth& health(const model::Provider& provider, std::string_view model);

  // Whether a request through the config may be hedged now, when at most `max_pct` of them are.
  // Counts it when it may; countForHedges() counts the requests.
  bool takeHedge(const std::string& config_id, int64_t max_pct);
  void countForHedges(const std::string& config_id) { ++hedges_[config_id].requests; }

  // The key's rate bucket, remembered so that the shared table is asked once a key.
  budget::RateBucket& bucket(const std::string& key_id);

  // What goes on although its caller has left: it would be lost, but not undone, if it ended with
  // its exchange. Ended by endLeft(), before the loop's client goes.
  void keepLeft(const void* owner, std::function<void()> end) { left_[owner] = std::move(end); }
  void forgetLeft(const void* owner) { left_.erase(owner); }
  void endLeft() {
    for (auto& [owner, end] : std::exchange(left_, {})) end();
  }

  Context& shared;
  http::Loop& loop;
  http::Client& client;
  RequestMetrics metrics;

 private:
  struct CachedTarget {
    UnixMillis updated_at = 0;
    std::shared_ptr<const Target> target;
  };
  struct CachedHealth {
    UnixMillis updated_at = 0;
    std::shared_ptr<routing::TargetHealth> health;
  };
  Published<config::Snapshot>::Reader config_;
  std::unordered_map<std::string, CachedTarget, TextHash, std::equal_to<>> targets_;
  // Of the last thousand or two of a config's requests.
  struct HedgeCount {
    int64_t requests = 0;
    int64_t hedges = 0;
  };
  std::unordered_map<std::string, HedgeCount> hedges_;
  std::unordered_map<std::string, CachedHealth, TextHash, std::equal_to<>> health_;
  std::unordered_map<std::string, int64_t, TextHash, std::equal_to<>> dearest_;
  std::string key_;  // reused
  std::unordered_map<const void*, std::function<void()>> left_;
  std::unordered_map<std::string, std::shared_ptr<budget::RateBucket>, TextHash, std::equal_to<>>
      buckets_;
};

}  // namespace penstock::proxy
