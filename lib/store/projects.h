#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/project.h"
#include "storage/secret_box.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table project. One instance a connection.
// To create a project together with its @default, use createProject() of store/provision.h.
class ProjectTable {
 public:
  ProjectTable(storage::Database& db, const storage::SecretBox& box) : db_(db), box_(box) {}

  Status insert(const model::Project& project);  // Conflict: slug_taken
  // By id also finds deleted projects (deleted_at is set); by slug only living ones.
  std::optional<model::Project> find(std::string_view id);
  std::optional<model::Project> findBySlug(std::string_view organization_id, std::string_view slug);
  // Only these, when there are any ids.
  Page<model::Project> list(std::span<const std::string> ids, const PageRequest& page,
                            Deleted deleted = Deleted::Exclude);
  std::vector<model::Project> all();  // living
  // Writes name, slug, description and settings, secrets of guardrails sealed. NotFound, or
  // Conflict: slug_taken.
  Status update(const model::Project& project);
  // Frees the slug. False when there is no such living project. The project's keys are the
  // caller's business (ApiKeyTable::revokeOfProject).
  bool softDelete(std::string_view id, UnixMillis now);

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, organization_id, name, slug, description, auto_resolve_bare_model, "
      "retain_payloads, unknown_model_policy, created_at, deleted_at, budget_bare_models, "
      "guardrails, guardrail_secrets, unsupported_parameters, unknown_files "
      "FROM project ";
  model::Project read(const storage::Rows& row) const;
  std::optional<std::string> seal(const model::Project& project) const;

  storage::Database& db_;
  const storage::SecretBox& box_;
  storage::Statement insert_{
      db_,
      "INSERT INTO project (id, organization_id, name, slug, description, "
      "auto_resolve_bare_model, retain_payloads, unknown_model_policy, created_at, "
      "budget_bare_models, guardrails, guardrail_secrets, unsupported_parameters, unknown_files) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement by_slug_{db_, kSelect,
                              "WHERE organization_id = ? AND slug = ? AND deleted_at IS NULL"};
  storage::Statement list_{db_, kSelect,
                           "WHERE id > ?1 AND (deleted_at IS NULL OR ?2) "
                           "AND (?3 = '[]' OR id IN (SELECT value FROM json_each(?3))) "
                           "ORDER BY id LIMIT ?4"};
  storage::Statement update_{
      db_,
      "UPDATE project SET name = ?, slug = ?, description = ?, auto_resolve_bare_model = ?, "
      "retain_payloads = ?, unknown_model_policy = ?, budget_bare_models = ?, guardrails = ?, "
      "guardrail_secrets = ?, unsupported_parameters = ?, unknown_files = ? "
      "WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement delete_{
      db_, "UPDATE project SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"};
};

}  // namespace penstock::store
