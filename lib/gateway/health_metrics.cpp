#include "gateway/health_metrics.h"

namespace penstock {
namespace {

template <typename Read>
metrics::Registry::Readings readingsOf(const routing::HealthBoard& health, const Read& read) {
  metrics::Registry::Readings readings;
  for (const auto& target : health.targets()) {
    readings.push_back({{{"provider", target.provider_id}, {"model", target.model}},
                        static_cast<double>(read(*target.health))});
  }
  return readings;
}

}  // namespace

void registerTargetGauges(metrics::Registry& registry, const routing::HealthBoard& health) {
  registry.gauges("penstock_target_in_flight", "Attempts under way at a model of a provider.",
                  [&health] {
                    return readingsOf(health, [](const auto& target) { return target.inFlight(); });
                  });
  registry.gauges("penstock_target_breaker_open",
                  "1 while the circuit breaker of a provider's model is open.", [&health] {
                    return readingsOf(health,
                                      [](const auto& target) { return target.breakerOpen(); });
                  });
}

}  // namespace penstock
