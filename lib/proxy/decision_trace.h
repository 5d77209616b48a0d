#pragma once

#include <string>

#include "model/request_log.h"
#include "proxy/spending.h"
#include "routing/decide.h"

namespace penstock::proxy {

// The decision trace as JSON (spec/modelux.md 5.2), for mlx:trace and dry runs: what was
// considered, what was tried and why it ended as it did, as far as known when it is rendered.
std::string renderDecisionTrace(const model::RequestLog& row, const routing::Decision& decision,
                                const Spending& spending, int64_t latency_us);

}  // namespace penstock::proxy
