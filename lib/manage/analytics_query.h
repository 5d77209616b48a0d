#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "manage/resource.h"
#include "store/rollups.h"

namespace penstock::manage {

// What a request for a report asks.
struct AnalyticsQuery {
  store::RollupQuery rollups;  // times as used
  std::string group_by;        // as asked: "tag:team"; empty for none
  bool comparison = false;
  bool csv = false;

  // The same before: as long, up to the start.
  store::RollupQuery previous() const;
};

// The parameters of /analytics/report, confined to what the caller may know of. Times are widened
// to whole hours, and to whole days (UTC) where hours are not kept any more. Errors: 422 with every
// wrong parameter, 404 for a project that never was or that the caller may not know of.
Result<AnalyticsQuery> readReportQuery(Services& services, const Call& call);
// The same for /analytics/decisions.
Result<AnalyticsQuery> readDecisionsQuery(Services& services, const Call& call);

}  // namespace penstock::manage
