#pragma once

#include <functional>
#include <string>

#include "model/provider.h"
#include "routing/decision.h"

namespace penstock::routing {

// Why a provider cannot serve the request; empty: it can.
using WhyNot = std::function<std::string(const model::Provider&)>;

// Passes over the candidates that a request cannot go to for a reason that is no policy's: where
// its files are, whom the caller's key is for. False when none is left of a decision to try any.
bool narrow(Decision& decision, const WhyNot& why_not);

}  // namespace penstock::routing
