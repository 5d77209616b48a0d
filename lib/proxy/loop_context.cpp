#include "proxy/loop_context.h"

namespace penstock::proxy {
namespace {

// Keys and providers come and go; past this many the caches start afresh.
constexpr size_t kMaxCached = 16'384;

}  // namespace

Result<std::shared_ptr<const Target>> LoopContext::target(const model::Provider& provider) {
  const auto found = targets_.find(provider.id);
  if (found != targets_.end() && found->second.updated_at == provider.updated_at)
    return found->second.target;
  auto endpoint = provider::endpointOf(provider);
  if (!endpoint) return std::move(endpoint).error();
  // A host that the catalogue does not know is taken to resell its vendor's models; names that are
  // not the vendor's stay unpriced.
  std::string_view priced_as = shared.prices.providerOf(provider.vendor, provider.base_url);
  if (priced_as.empty()) priced_as = shared.prices.providerOf(provider.vendor, std::nullopt);
  if (targets_.size() >= kMaxCached) targets_.clear();
  CachedTarget& slot = targets_[provider.id];
  slot = {provider.updated_at,
          std::make_shared<const Target>(Target{std::move(*endpoint), priced_as})};
  return slot.target;
}

pricing::Quote LoopContext::quote(const config::Snapshot& snapshot, const model::Provider& provider,
                                  std::string_view model, UnixMillis now,
                                  pricing::UnknownModelPolicy unknown) {
  const auto of = target(provider);
  const std::string_view catalogue = of ? (*of)->catalogue_provider : std::string_view();
  return pricing::PriceBook(shared.prices, snapshot.prices())
      .quote({provider.name, catalogue}, model, now, unknown);
}

std::optional<int64_t> LoopContext::contextWindow(const config::Snapshot& snapshot,
                                                  const model::Provider& provider,
                                                  std::string_view model, UnixMillis now) {
  return quote(snapshot, provider, model, now, pricing::UnknownModelPolicy::Ceiling).context_window;
}

// The catalogue stays as it is; its rules take a while to go through.
int64_t LoopContext::dearestPermille(const pricing::PriceBook& book, const pricing::Seller& seller,
                                     std::string_view model, pricing::AskedTier asked) {
  constexpr size_t kLongest = 256;  // of names that callers make up
  if (!asked.service_tier.empty() || asked.speed || model.size() > kLongest)
    return book.dearestPermille(seller, model, asked);
  key_.assign(seller.catalogue_id).append(1, '\0').append(model);
  const auto found = dearest_.find(key_);
  if (found != dearest_.end()) return found->second;
  if (dearest_.size() >= kMaxCached) dearest_.clear();
  return dearest_[key_] = book.dearestPermille(seller, model, {});
}

routing::TargetHealth& LoopContext::health(const model::Provider& provider,
                                           std::string_view model) {
  key_.assign(provider.id).append(1, '\0').append(model);
  const auto found = health_.find(key_);
  if (found != health_.end() && found->second.updated_at == provider.updated_at)
    return *found->second.health;
  if (health_.size() >= kMaxCached) health_.clear();
  CachedHealth& slot = health_[key_];
  slot = {provider.updated_at, shared.health.target(provider, model)};
  return *slot.health;
}

bool LoopContext::takeHedge(const std::string& config_id, int64_t max_pct) {
  constexpr int64_t kRemembered = 2000;
  HedgeCount& count = hedges_[config_id];
  if (count.requests > kRemembered) {
    count.requests /= 2;
    count.hedges /= 2;
  }
  if ((count.hedges + 1) * 100 > count.requests * max_pct) return false;
  ++count.hedges;
  return true;
}

budget::RateBucket& LoopContext::bucket(const std::string& key_id) {
  const auto found = buckets_.find(key_id);
  if (found != buckets_.end()) return *found->second;
  if (buckets_.size() >= kMaxCached) buckets_.clear();
  return *buckets_.emplace(key_id, shared.rate_limits.bucket(key_id, loop.now())).first->second;
}

}  // namespace penstock::proxy
