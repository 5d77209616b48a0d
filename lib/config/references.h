#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/snapshot.h"

namespace penstock::config {

// Checks what configs say of each other, which one of them alone cannot tell: those that are
// referred to are there, nothing leads round in a circle, nothing leads on more than 5 times, and
// what is a place in a list of models leads to models: an ensemble or a cascade has no one answer
// that could be tried next. Unprocessable, with the config and the pointer: config_cycle,
// config_too_deep, or validation_error.
Status checkReferences(const RoutingConfigIndex& index);

// The configs of the project that lead on to that slug; by slug.
std::vector<const RoutingConfig*> referrersOf(const RoutingConfigIndex& index,
                                              std::string_view project_id, std::string_view slug);

}  // namespace penstock::config
