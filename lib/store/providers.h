#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/provider.h"
#include "storage/secret_box.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table provider. One instance a connection. Seals the credential on
// the way in and opens it on the way out; a record that does not open (other master key, moved
// between rows, damaged) throws, since Store::open() has checked the key.
// To add or change a provider with what follows from it, use store/provision.h.
class ProviderTable {
 public:
  ProviderTable(storage::Database& db, const storage::SecretBox& box) : db_(db), box_(box) {}

  // The first provider of its vendor becomes the vendor's default even if not asked to; one that
  // asks takes the place of the former default. Conflict: name_taken.
  Status insert(const model::Provider& provider);
  std::optional<model::Provider> find(std::string_view id);          // living
  std::optional<model::Provider> findByName(std::string_view name);  // living
  std::optional<model::Provider> defaultOf(std::string_view vendor);
  Page<model::Provider> list(const PageRequest& page);
  std::vector<model::Provider> all();
  // Writes everything but id, vendor and created_at. NotFound, or Conflict: name_taken. A default
  // stays one until another provider takes its place.
  Status update(const model::Provider& provider);
  // Wipes the credential; another provider of the vendor becomes its default. False when there is
  // no such living provider. Ask RoutingConfigTable::referencing() first.
  bool softDelete(std::string_view id, UnixMillis now);

 private:
  std::optional<std::string> seal(const model::Provider& provider) const;
  std::optional<std::string> sealCredentials(const model::Provider& provider) const;
  Secret open(const storage::Rows& row, int column, const std::string& id,
              std::string_view what) const;
  model::Provider read(const storage::Rows& row) const;
  bool isNameTaken(const model::Provider& provider);
  bool claimDefault(const model::Provider& provider);

  static constexpr std::string_view kSelect =
      "SELECT id, vendor, name, base_url, api_key, allow_private, is_default, default_model, "
      "created_at, updated_at, quota_group, max_concurrency, probe_interval_seconds, "
      "settings, credentials "
      "FROM provider WHERE deleted_at IS NULL ";
  storage::Database& db_;
  const storage::SecretBox& box_;
  storage::Statement insert_{
      db_,
      "INSERT INTO provider (id, vendor, name, base_url, api_key, allow_private, is_default, "
      "default_model, created_at, updated_at, quota_group, max_concurrency, "
      "probe_interval_seconds, settings, credentials) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "AND id = ?"};
  storage::Statement by_name_{db_, kSelect, "AND name = ?"};
  storage::Statement default_of_{db_, kSelect, "AND vendor = ? AND is_default = 1"};
  storage::Statement name_holder_{
      db_, "SELECT 1 FROM provider WHERE deleted_at IS NULL AND name = ? AND id <> ?"};
  storage::Statement list_{db_, kSelect, "AND id > ? ORDER BY id LIMIT ?"};
  storage::Statement has_default_{
      db_, "SELECT 1 FROM provider WHERE vendor = ? AND is_default = 1 AND id <> ?"};
  storage::Statement clear_default_{
      db_, "UPDATE provider SET is_default = 0 WHERE vendor = ? AND is_default = 1 AND id <> ?"};
  storage::Statement update_{
      db_,
      "UPDATE provider SET name = ?, base_url = ?, api_key = ?, allow_private = ?, "
      "is_default = ?, default_model = ?, updated_at = ?, quota_group = ?, max_concurrency = ?, "
      "probe_interval_seconds = ?, settings = ?, credentials = ? "
      "WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement delete_{
      db_,
      "UPDATE provider SET deleted_at = ?, api_key = NULL, "
      "credentials = NULL, is_default = 0 WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement promote_{
      db_,
      "UPDATE provider SET is_default = 1 WHERE id = "
      "(SELECT id FROM provider WHERE vendor = ? AND deleted_at IS NULL ORDER BY id LIMIT 1)"};
};

}  // namespace penstock::store
