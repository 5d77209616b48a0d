#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/secret.h"
#include "storage/secret_box.h"
#include "storage/statement.h"

namespace penstock::store {

// An answer that is kept to be given again.
struct KeptAnswer {
  Sha256 request_hash{};
  Secret answer;  // may hold a new key
  UnixMillis created_at = 0;
};

// The only code that knows the table idempotent_request. One instance a connection.
class IdempotentRequestTable {
 public:
  IdempotentRequestTable(storage::Database& db, const storage::SecretBox& box)
      : db_(db), box_(box) {}

  // `scope` stands for who asked what under which key.
  std::optional<KeptAnswer> find(const Sha256& scope, UnixMillis not_before);
  // Takes the place of an older one of that scope.
  void keep(const Sha256& scope, const KeptAnswer& answer);
  // Deletes at most `limit` that are older; returns how many.
  int64_t purge(UnixMillis before, int64_t limit);

 private:
  storage::Database& db_;
  const storage::SecretBox& box_;
  storage::Statement find_{db_,
                           "SELECT request_hash, answer, created_at FROM idempotent_request "
                           "WHERE scope = ? AND created_at >= ?"};
  storage::Statement keep_{
      db_,
      "INSERT OR REPLACE INTO idempotent_request (scope, request_hash, answer, created_at) "
      "VALUES (?, ?, ?, ?)"};
  storage::Statement purge_{
      db_,
      "DELETE FROM idempotent_request WHERE scope IN (SELECT scope FROM idempotent_request "
      "WHERE created_at < ? ORDER BY created_at LIMIT ?)"};
};

}  // namespace penstock::store
