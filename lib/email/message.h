#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/email.h"

namespace penstock::email {

// The address of "penstock@example.com" or "Penstock <penstock@example.com>"; empty when it is
// none, or holds what could end a line, a command or a bracket.
std::string addressOf(std::string_view mailbox);

// A mail as it travels (RFC 5322): head and body, lines ending with CRLF, nothing stuffed. Texts
// beyond ASCII become encoded words and base64. InvalidRequest when an address is none.
Result<std::string> compose(const model::Email& email, std::string_view from, UnixMillis now);

// What DATA takes: lines that begin with a dot get another one, and a line with a dot ends it.
std::string stuffed(std::string_view message);

}  // namespace penstock::email
