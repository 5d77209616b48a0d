#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "config/snapshot.h"
#include "http/message.h"

namespace penstock::auth {

// The project key of a proxy request, from wherever the caller's dialect puts it: Authorization:
// Bearer, x-api-key, api-key or x-goog-api-key. Empty when there is none.
std::string_view presentedKey(const http::HeaderList& headers);

// Looks the presented key up by its SHA-256; the text itself goes nowhere. The pointer lives as
// long as the snapshot. The secret before the last rotation is accepted until its time. Errors are
// 401 missing_, invalid_ or expired_api_key and never repeat the key.
Result<const config::ApiKey*> verifyApiKey(const config::Snapshot& snapshot,
                                           std::string_view presented, UnixMillis now);

}  // namespace penstock::auth
