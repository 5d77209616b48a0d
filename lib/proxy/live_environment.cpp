#include "proxy/live_environment.h"

#include "base/random.h"

namespace penstock::proxy {

routing::TargetView LiveEnvironment::view(const model::Provider& provider, std::string_view model) {
  if (standing_ == Standing::Unknown) return {};
  return loop_.health(provider, model).view(now_);
}

routing::Environment::Latency LiveEnvironment::latency(const model::Provider& provider,
                                                       std::string_view model, int64_t seconds) {
  if (standing_ == Standing::Unknown) return {};
  constexpr int64_t kBoardSeconds = 300;  // what a view is of
  const routing::TargetHealth& health = loop_.health(provider, model);
  if (seconds == kBoardSeconds) {
    const routing::TargetView view = health.view(now_);
    return {view.p50_ms, view.samples};
  }
  const auto over = health.latencyOver(seconds * 1000, now_);
  return {over.p50_ms, over.samples};
}

routing::HealthStatus LiveEnvironment::status(const model::Provider& provider) {
  if (standing_ == Standing::Unknown) return {};
  return loop_.shared.health.status(provider.id, now_);
}

pricing::Quote LiveEnvironment::quote(const model::Provider& provider, std::string_view model) {
  return loop_.quote(*caller_.snapshot, provider, model, now_,
                     caller_.project->settings.unknown_model_policy);
}

// One explores nothing, and chooses the first of several.
uint64_t LiveEnvironment::random() { return standing_ == Standing::Unknown ? 1 : fastRandom(); }

}  // namespace penstock::proxy
