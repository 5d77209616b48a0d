#pragma once

#include "base/result.h"
#include "routing/decide.h"

// Internal to routing/: follows a policy to where it leads.
namespace penstock::routing {

// Fills the decision's shape, lines, rules and reason by following the config's policy and those
// that it leads on to. 404 no_target when nothing is left to try.
Status walk(const config::RoutingConfig& config, const Question& question, Decision& decision);

// Puts a line's candidates that are not ready behind those that are, and blocked ones last; the
// order is kept else.
void readyFirst(Line& line);

}  // namespace penstock::routing
