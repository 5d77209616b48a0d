#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/key.h"
#include "storage/statement.h"
#include "store/mint.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table management_key. One instance a connection.
class ManagementKeyTable {
 public:
  explicit ManagementKeyTable(storage::Database& db) : db_(db) {}

  void insert(const model::ManagementKey& key);
  std::optional<model::ManagementKey> find(std::string_view id);
  Page<model::ManagementKey> list(const PageRequest& page);  // revoked ones too
  std::vector<model::ManagementKey> usable();                // not revoked
  // Gives the key another secret; the old one is gone. False when absent or revoked.
  bool rotate(std::string_view id, const MintedKey& minted);
  // False when absent or already revoked.
  bool revoke(std::string_view id, UnixMillis now);
  // Owners that are neither revoked nor expired: so that the last one cannot be revoked.
  int64_t countOwners(UnixMillis now);

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, organization_id, name, role, hash, prefix, last_four, expires_at, "
      "revoked_at, created_at FROM management_key ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO management_key (id, organization_id, name, role, hash, prefix, last_four, "
      "expires_at, revoked_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement list_{db_, kSelect, "WHERE id > ? ORDER BY id LIMIT ?"};
  storage::Statement usable_{db_, kSelect, "WHERE revoked_at IS NULL"};
  storage::Statement rotate_{db_,
                             "UPDATE management_key SET hash = ?, prefix = ?, last_four = ? "
                             "WHERE id = ? AND revoked_at IS NULL"};
  storage::Statement revoke_{
      db_, "UPDATE management_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"};
  storage::Statement count_owners_{
      db_,
      "SELECT count(*) FROM management_key WHERE role = 'owner' AND revoked_at IS NULL "
      "AND (expires_at IS NULL OR expires_at > ?)"};
};

}  // namespace penstock::store
