#pragma once

#include <functional>
#include <vector>

#include "http/router.h"
#include "metrics/registry.h"

namespace penstock {

// Routes for whoever operates the gateway, on both listeners: GET /healthz (the process answers)
// and /readyz (it takes requests: not while draining, nor when the request log cannot keep up).
std::vector<http::Route> healthRoutes(std::function<bool()> ready);

// GET /metrics in the Prometheus text format, on the management listener.
http::Route metricsRoute(const metrics::Registry& registry);

}  // namespace penstock
