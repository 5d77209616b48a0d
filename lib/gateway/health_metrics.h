#pragma once

#include "base/clock.h"
#include "metrics/registry.h"
#include "routing/health.h"

namespace penstock {

// Gauges of the targets that were asked for, by provider and model: what is under way, whether the
// breaker is open, the success rate of the last minute and the latency (to the head of the answer)
// of the last five. The board and the clock outlive the registry.
void registerTargetGauges(metrics::Registry& registry, const routing::HealthBoard& health,
                          const Clock& clock);

}  // namespace penstock
