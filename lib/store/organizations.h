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
  bool rename(std::string_view id, std::string_view name);

 private:
  storage::Database& db_;
  storage::Statement insert_{
      db_, "INSERT INTO organization (id, name, slug, created_at) VALUES (?, ?, ?, ?)"};
  storage::Statement by_slug_{db_, "SELECT 1 FROM organization WHERE slug = ?"};
  storage::Statement find_{db_, "SELECT id, name, slug, created_at FROM organization WHERE id = ?"};
  storage::Statement first_{
      db_, "SELECT id, name, slug, created_at FROM organization ORDER BY id LIMIT 1"};
  storage::Statement rename_{db_, "UPDATE organization SET name = ? WHERE id = ?"};
};

}  // namespace penstock::store
