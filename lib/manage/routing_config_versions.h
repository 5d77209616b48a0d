#pragma once

#include "manage/resource.h"

namespace penstock::manage {

// GET /routing-configs/{config_id}/versions, …/versions/{version}, …/diff
Handler listConfigVersions, showConfigVersion, diffConfigVersions;

// POST /routing-configs/{config_id}/dry-run
Handler dryRunConfig;

}  // namespace penstock::manage
