#pragma once

#include <vector>

#include "config/snapshot.h"

namespace penstock::config {

// Every target that the config may lead to, through those that it refers to; judges included. For
// estimates and listings, not for requests. The pointers live as long as the snapshot.
std::vector<const PolicyTarget*> targetsOf(const Snapshot& snapshot, const RoutingConfig& config);

}  // namespace penstock::config
