#pragma once

#include <memory>
#include <optional>
#include <set>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/sync.h"
#include "http/message.h"
#include "model/key.h"
#include "store/tables.h"

// `Idempotency-Key` (spec/modelux.md 13.34): a mutating request that is sent again with the same key
// and the same body is answered as the first time, without being done again, for a day and across
// restarts. What is kept are the answers of changes that were committed, in their transaction; a
// request that failed changed nothing and may be tried again under its key.
namespace penstock::manage {

// Who asked what under which key, and the rest of the request.
struct IdempotencyKey {
  Sha256 scope{};         // management key, method, path and Idempotency-Key
  Sha256 request_hash{};  // query and body
};

// Nothing without the header. 422 for one that is empty or too long.
Result<std::optional<IdempotencyKey>> idempotencyKey(const http::Request& request,
                                                     std::string_view path,
                                                     const model::ManagementKey& caller);

// The answer that was kept, marked `Idempotent-Replayed: true`; nothing when there is none. 422
// idempotency_key_reused when it was the answer to something else.
Result<std::optional<http::Response>> keptAnswer(store::Tables& tables, const IdempotencyKey& key,
                                                 UnixMillis now);

// To be called in the transaction of what was done; also forgets what is older than a day.
void keepAnswer(store::Tables& tables, const IdempotencyKey& key, const http::Response& answer,
                UnixMillis now);

// The scopes of requests that are being served, so that the same one is not served twice at once.
// Thread-safe.
class InFlight {
 public:
  // Leaves at the end of its scope.
  class Place {
   public:
    explicit Place(InFlight& owner, const Sha256& scope) : owner_(owner), scope_(scope) {}
    ~Place() { owner_.scopes_.lock()->erase(scope_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    InFlight& owner_;
    const Sha256 scope_;
  };
  // Null when somebody is there already.
  std::unique_ptr<Place> enter(const Sha256& scope);

 private:
  Sync<std::set<Sha256>> scopes_;
};

}  // namespace penstock::manage
