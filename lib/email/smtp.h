#pragma once

#include <functional>

#include "base/clock.h"
#include "email/server.h"
#include "email/wire.h"
#include "http/resolver.h"
#include "http/tls.h"
#include "model/email.h"

namespace penstock::email {

// Hands one mail to the server and returns when it has taken it, or why it has not. Blocks for at
// most server.timeout; less when `stopped` answers true, which is asked every tenth of a second.
// Any thread that may block, but not those of the resolver.
Outcome<Unit> deliver(const Server& server, const model::Email& email, UnixMillis now,
                      http::Resolver& resolver, const http::TlsContext& tls,
                      const std::function<bool()>& stopped);

}  // namespace penstock::email
