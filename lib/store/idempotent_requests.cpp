#include "store/idempotent_requests.h"

#include <stdexcept>

#include "store/rows.h"

namespace penstock::store {
namespace {

std::string identity(const Sha256& scope) { return "idempotent_request:" + hex(scope); }

}  // namespace

std::optional<KeptAnswer> IdempotentRequestTable::find(const Sha256& scope, UnixMillis not_before) {
  return readOne(find_.query(storage::blob(scope), not_before), [&](const storage::Rows& row) {
    Result<Secret> answer = box_.open(row.blob(1), identity(scope));
    if (!answer) throw std::runtime_error("a kept answer does not open: " + answer.error().detail);
    return KeptAnswer{digestAt(row, 0), *std::move(answer), row.integer(2)};
  });
}

void IdempotentRequestTable::keep(const Sha256& scope, const KeptAnswer& answer) {
  const std::string sealed = box_.seal(answer.answer, identity(scope));
  keep_.run(storage::blob(scope), storage::blob(answer.request_hash), storage::Blob{sealed},
            answer.created_at);
}

int64_t IdempotentRequestTable::purge(UnixMillis before, int64_t limit) {
  return purge_.run(before, limit);
}

}  // namespace penstock::store
