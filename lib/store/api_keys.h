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

// The only code that knows the table api_key. One instance a connection. Plaintexts are made by
// mintKey() and never get here.
class ApiKeyTable {
 public:
  explicit ApiKeyTable(storage::Database& db) : db_(db) {}

  void insert(const model::ApiKey& key);
  std::optional<model::ApiKey> find(std::string_view id);  // revoked ones too
  // Revoked keys included: the list shows their state. An empty project lists all.
  Page<model::ApiKey> list(std::string_view project_id, const PageRequest& page);
  // What the proxy may accept: not revoked, of living projects. Expiry is checked per request.
  std::vector<model::ApiKey> usable();
  // Writes name, description, rate_limit_rpm and expires_at. False when there is no such key.
  bool update(const model::ApiKey& key);
  // Gives the key another secret; the old one is gone. False when absent or revoked.
  bool rotate(std::string_view id, const MintedKey& minted);
  // False when absent or already revoked.
  bool revoke(std::string_view id, UnixMillis now);
  int64_t revokeOfProject(std::string_view project_id, UnixMillis now);

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, project_id, name, description, hash, prefix, last_four, rate_limit_rpm, "
      "expires_at, revoked_at, created_at FROM api_key ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO api_key (id, project_id, name, description, hash, prefix, last_four, "
      "rate_limit_rpm, expires_at, revoked_at, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement list_{db_, kSelect, "WHERE id > ? ORDER BY id LIMIT ?"};
  storage::Statement list_of_project_{db_, kSelect,
                                      "WHERE project_id = ? AND id > ? ORDER BY id LIMIT ?"};
  storage::Statement usable_{db_, kSelect,
                             "WHERE revoked_at IS NULL AND project_id IN "
                             "(SELECT id FROM project WHERE deleted_at IS NULL)"};
  storage::Statement update_{
      db_,
      "UPDATE api_key SET name = ?, description = ?, rate_limit_rpm = ?, expires_at = ? "
      "WHERE id = ?"};
  storage::Statement rotate_{db_,
                             "UPDATE api_key SET hash = ?, prefix = ?, last_four = ? "
                             "WHERE id = ? AND revoked_at IS NULL"};
  storage::Statement revoke_{
      db_, "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"};
  storage::Statement revoke_of_project_{
      db_, "UPDATE api_key SET revoked_at = ? WHERE project_id = ? AND revoked_at IS NULL"};
};

}  // namespace penstock::store
