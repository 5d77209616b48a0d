#pragma once

#include "metrics/registry.h"
#include "routing/health.h"

namespace penstock {

// Gauges of the targets that were asked for, by provider and model. The board outlives the
// registry.
void registerTargetGauges(metrics::Registry& registry, const routing::HealthBoard& health);

}  // namespace penstock
