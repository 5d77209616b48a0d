#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/project.h"
#include "storage/statement.h"

namespace penstock::store {

// The only code that knows the table organization. One instance a connection.
class OrganizationTable {
 public:
  explicit OrganizationTable(storage::Database& db) : db_(db) {}

  Status insert(const model::Organization& organization);  // Conflict: slug_taken
  std::optional<model::Organization> find(std::string_view id);
  std::optional<model::Organization> first();  // the one organization of a self-hosted store
  // Writes name, slug and ip_allowlist. NotFound, or Conflict: slug_taken.
  Status update(const model::Organization& organization);

 private:
  storage::Database& db_;
  static constexpr std::string_view kSelect =
      "SELECT id, name, slug, created_at, ip_allowlist FROM organization ";
  storage::Statement insert_{
      db_,
      "INSERT INTO organization (id, name, slug, created_at, ip_allowlist) VALUES (?, ?, ?, ?, ?)"};
  storage::Statement of_another_{db_, "SELECT 1 FROM organization WHERE slug = ? AND id <> ?"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement first_{db_, kSelect, "ORDER BY id LIMIT 1"};
  storage::Statement update_{
      db_, "UPDATE organization SET name = ?, slug = ?, ip_allowlist = ? WHERE id = ?"};
};

}  // namespace penstock::store
