#pragma once

#include <array>
#include <string>
#include <unordered_map>

#include "base/text.h"
#include "http/client.h"
#include "http/loop.h"
#include "provider/endpoint.h"
#include "proxy/context.h"
#include "proxy/metrics.h"

namespace penstock::proxy {

// A provider ready to be called: parsed once, used until the provider changes.
struct Target {
  provider::Endpoint endpoint;
  std::string_view catalogue_provider;  // whose prices apply; lives as long as the catalogue
  std::shared_ptr<routing::ProviderHealth> health;
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
  Result<const Target*> target(const model::Provider& provider);

  // The key's rate bucket, remembered so that the shared table is asked once a key.
  budget::RateBucket& bucket(const std::string& key_id);

  Context& shared;
  http::Loop& loop;
  http::Client& client;
  RequestMetrics metrics;

 private:
  struct CachedTarget {
    UnixMillis updated_at = 0;
    Target target;
  };
  Published<config::Snapshot>::Reader config_;
  std::unordered_map<std::string, CachedTarget, TextHash, std::equal_to<>> targets_;
  std::unordered_map<std::string, std::shared_ptr<budget::RateBucket>, TextHash, std::equal_to<>>
      buckets_;
};

}  // namespace penstock::proxy
