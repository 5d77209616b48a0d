#include "proxy/loop_context.h"

namespace penstock::proxy {
namespace {

// Keys and providers come and go; past this many the caches start afresh.
constexpr size_t kMaxCached = 16'384;

}  // namespace

Result<const Target*> LoopContext::target(const model::Provider& provider) {
  const auto found = targets_.find(provider.id);
  if (found != targets_.end() && found->second.updated_at == provider.updated_at)
    return &found->second.target;
  auto endpoint = provider::endpointOf(provider);
  if (!endpoint) return std::move(endpoint).error();
  // A host that the catalogue does not know is taken to resell its vendor's models; names that are
  // not the vendor's stay unpriced.
  std::string_view priced_as = shared.prices.providerOf(provider.vendor, provider.base_url);
  if (priced_as.empty()) priced_as = shared.prices.providerOf(provider.vendor, std::nullopt);
  if (targets_.size() >= kMaxCached) targets_.clear();
  CachedTarget& slot = targets_[provider.id];
  slot = {provider.updated_at, {std::move(*endpoint), priced_as, shared.health.of(provider.id)}};
  return &slot.target;
}

budget::RateBucket& LoopContext::bucket(const std::string& key_id) {
  const auto found = buckets_.find(key_id);
  if (found != buckets_.end()) return *found->second;
  if (buckets_.size() >= kMaxCached) buckets_.clear();
  return *buckets_.emplace(key_id, shared.rate_limits.bucket(key_id, loop.now())).first->second;
}

}  // namespace penstock::proxy
