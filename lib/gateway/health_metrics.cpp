#include "gateway/health_metrics.h"

#include <optional>

namespace penstock {
namespace {

using Labels = metrics::Labels;

// One series a target; those of which there is nothing to say are left out.
template <typename Read>
metrics::Registry::Readings readingsOf(const routing::HealthBoard& health, const Read& read) {
  metrics::Registry::Readings readings;
  for (const auto& target : health.targets()) {
    read(*target.health, Labels{{"provider", target.provider_id}, {"model", target.model}},
         readings);
  }
  return readings;
}

void addLatency(const routing::TargetView& view, const Labels& labels,
                metrics::Registry::Readings& readings) {
  const auto add = [&](const char* quantile, int64_t millis) {
    if (millis < 0) return;
    Labels with_quantile = labels;
    with_quantile.emplace_back("quantile", quantile);
    readings.emplace_back(std::move(with_quantile), static_cast<double>(millis) / 1000);
  };
  add("0.5", view.p50_ms);
  add("0.95", view.p95_ms);
}

}  // namespace

void registerTargetGauges(metrics::Registry& registry, const routing::HealthBoard& health,
                          const Clock& clock) {
  const auto gauges = [&](const char* name, const char* help, auto read) {
    registry.gauges(name, help, [&health, read] { return readingsOf(health, read); });
  };
  gauges("penstock_target_in_flight", "Attempts under way at a model of a provider.",
         [](const auto& target, Labels labels, auto& readings) {
           readings.emplace_back(std::move(labels), static_cast<double>(target.inFlight()));
         });
  gauges("penstock_target_breaker_open",
         "1 while the circuit breaker of a provider's model is open.",
         [](const auto& target, Labels labels, auto& readings) {
           readings.emplace_back(std::move(labels), target.breakerOpen() ? 1.0 : 0.0);
         });
  gauges("penstock_target_success_rate",
         "Share of the last minute's attempts that succeeded; 1 when there were none.",
         [&clock](const auto& target, Labels labels, auto& readings) {
           readings.emplace_back(std::move(labels), target.view(clock.now()).success_rate);
         });
  gauges("penstock_target_latency_seconds",
         "Time to the head of the answer over the last five minutes.",
         [&clock](const auto& target, Labels labels, auto& readings) {
           addLatency(target.view(clock.now()), labels, readings);
         });
}

}  // namespace penstock
