#pragma once

#include <memory>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "budget/rate_limit.h"
#include "config/snapshot.h"
#include "http/message.h"
#include "model/request_log.h"
#include "proxy/extensions.h"
#include "proxy/loop_context.h"

namespace penstock::proxy {

// Who calls, and the configuration that the request keeps for its whole life. The pointers live as
// long as the snapshot.
struct Caller {
  std::shared_ptr<const config::Snapshot> snapshot;
  const config::ApiKey* key = nullptr;
  const model::Project* project = nullptr;
};

// 401 for a key that is missing, unknown, revoked or expired. Where the call comes from is
// checkPeer()'s business, so that a refusal can name the key in the log.
Result<Caller> identify(std::shared_ptr<const config::Snapshot> snapshot, UnixMillis now,
                        const http::Request& request);

// The same for who was known before, by the key's id: 401 when the key has been revoked or has
// expired. `hash` is where it was found last, and is now: without it all keys are looked through.
Result<Caller> identifyById(std::shared_ptr<const config::Snapshot> snapshot, UnixMillis now,
                            std::string_view api_key_id, Sha256& hash);

// 403 ip_not_allowed, by the socket's address.
Status checkPeer(const Caller& caller, const http::Request& request);

// Notes in the row whose request it is and whose trace goes on with it, and reads what the headers
// ask of the gateway. Where the call may not come from there, an error of checkPeer()'s, after the
// row knows the key.
Status introduce(const LoopContext& loop, const http::Request& request, const Caller& caller,
                 Extensions& extensions, model::RequestLog& row);

// Takes one request from the key's rate limit; 429 with the time to wait when it does not fit, and
// then nothing is taken. `rate` says how it stands either way.
Status takeRate(LoopContext& loop, const model::ApiKey& key, budget::RateDecision& rate);

// Counts the request among those that are being served; 503 where there are too many of them, or
// the request log cannot keep up, and then it is not counted. leave() ends what enter() began.
Status enter(Context& shared);
void leave(Context& shared);

}  // namespace penstock::proxy
