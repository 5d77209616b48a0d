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
  std::vector<model::ManagementKey> unrevoked();
  std::vector<model::ManagementKey> ofMember(std::string_view member_id);  // not revoked
  // What may call: not revoked, and not of a member who has left. A key is given here with what it
  // may in effect: no more than its member may now.
  std::vector<model::ManagementKey> usable();
  // Writes everything that may change in place; not secrets, not revocation.
  bool update(const model::ManagementKey& key);
  // Gives the key another secret; the old one works until `overlap_until`, else it is gone. False
  // when absent or revoked.
  bool rotate(std::string_view id, const MintedKey& minted,
              std::optional<UnixMillis> overlap_until = {});
  // False when absent or already revoked.
  bool revoke(std::string_view id, UnixMillis now);
  // Owners' keys that are not revoked, never expire and are no member's: so that the last one
  // stays.
  int64_t countLastingOwners();

 private:
  static constexpr std::string_view kSelect =
      "SELECT k.id, k.organization_id, k.name, k.role, k.hash, k.prefix, k.last_four, "
      "k.expires_at, k.revoked_at, k.created_at, k.description, k.project_ids, k.member_id, "
      "k.rate_limit_rpm, k.ip_allowlist, k.previous_hash, k.previous_expires_at, m.role, "
      "m.project_ids FROM management_key k LEFT JOIN member m ON m.id = k.member_id ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO management_key (id, organization_id, name, role, hash, prefix, last_four, "
      "expires_at, revoked_at, created_at, description, project_ids, member_id, rate_limit_rpm, "
      "ip_allowlist) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE k.id = ?"};
  storage::Statement list_{db_, kSelect, "WHERE k.id > ? ORDER BY k.id LIMIT ?"};
  storage::Statement unrevoked_{db_, kSelect, "WHERE k.revoked_at IS NULL ORDER BY k.id"};
  storage::Statement of_member_{db_, kSelect, "WHERE k.member_id = ? AND k.revoked_at IS NULL"};
  storage::Statement usable_{db_, kSelect, "WHERE k.revoked_at IS NULL AND m.removed_at IS NULL"};
  storage::Statement update_{
      db_,
      "UPDATE management_key SET name = ?, role = ?, expires_at = ?, description = ?, "
      "project_ids = ?, rate_limit_rpm = ?, ip_allowlist = ? WHERE id = ?"};
  storage::Statement rotate_{
      db_,
      "UPDATE management_key SET previous_hash = iif(?1 IS NULL, NULL, hash), "
      "previous_expires_at = ?1, hash = ?2, prefix = ?3, last_four = ?4 "
      "WHERE id = ?5 AND revoked_at IS NULL"};
  storage::Statement revoke_{
      db_,
      "UPDATE management_key SET revoked_at = ?, previous_hash = NULL, previous_expires_at = NULL "
      "WHERE id = ? AND revoked_at IS NULL"};
  storage::Statement count_lasting_owners_{
      db_,
      "SELECT count(*) FROM management_key WHERE role = 'owner' AND revoked_at IS NULL "
      "AND member_id IS NULL AND expires_at IS NULL"};
};

}  // namespace penstock::store
