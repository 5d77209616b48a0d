#pragma once

#include <memory>

#include "base/result.h"
#include "config/key_index.h"
#include "config/snapshot.h"
#include "store/tables.h"

namespace penstock::config {

// The parts of a snapshot that say who may call. The error is a stored list of addresses that does
// not hold; its `detail` says whose.

Result<std::shared_ptr<const Organization>> buildOrganization(store::OrganizationTable& table);

Result<std::shared_ptr<const ManagementKeyIndex>> buildManagementKeys(
    store::ManagementKeyTable& table);

// All keys: what a start costs.
Result<std::shared_ptr<const ApiKeyIndex>> buildApiKeys(store::ApiKeyTable& table);

// `base` with what the touched secrets mean now.
Result<std::shared_ptr<const ApiKeyIndex>> updateApiKeys(store::ApiKeyTable& table,
                                                         const ApiKeyIndex& base,
                                                         std::span<const Sha256> touched);

}  // namespace penstock::config
