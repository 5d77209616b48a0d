#pragma once

#include <optional>

#include "email/server.h"
#include "penstock/gateway.h"

namespace penstock {

// The mail relay that the options name; nothing when they name none. Throws std::runtime_error with
// a message for the operator when they are wrong or the password's file cannot be read.
std::optional<email::Server> mailServer(const GatewayOptions& options);

}  // namespace penstock
