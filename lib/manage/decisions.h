#pragma once

#include <string>
#include <vector>

#include "manage/analytics_query.h"

namespace penstock::manage {

// How requests were decided, broken down by each side of a decision: the config that was asked for,
// how the model was resolved, who served, how it ended.
std::string decisionsJson(const AnalyticsQuery& query,
                          const std::vector<store::RouteTotals>& routes);
std::string decisionsCsv(const AnalyticsQuery& query,
                         const std::vector<store::RouteTotals>& routes);

}  // namespace penstock::manage
