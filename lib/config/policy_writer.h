#pragma once

#include <string>

#include "config/policies.h"

namespace penstock::config {

// A policy's config as it is stored: snake_case, in a fixed order, what has its default left out.
// Reading it again gives the same policy.
std::string writePolicyConfig(const Policy& policy);

}  // namespace penstock::config
