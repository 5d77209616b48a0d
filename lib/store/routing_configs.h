#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/routing_config.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// One numbered save of a routing config.
struct RoutingConfigVersion {
  std::string routing_config_id;
  int64_t version = 1;
  std::string name;
  std::string policy;
  std::string config_json;
  std::string cache_json;  // as in model::RoutingConfig
  std::optional<int64_t> embedding_dimensions;
  std::string author;  // id of the management key that saved it, or "system"
  std::string note;
  UnixMillis created_at = 0;
  bool operator==(const RoutingConfigVersion&) const = default;
};

// Who saves, why, and when.
struct Save {
  std::string author;
  std::string note;
  UnixMillis now = 0;
};

// The only code that knows the tables routing_config and routing_config_version. One instance a
// connection. Every save is a new version; history is never rewritten. What the policy means is
// checked above (config/policy.h), inside the same transaction.
class RoutingConfigTable {
 public:
  explicit RoutingConfigTable(storage::Database& db) : db_(db) {}

  // Stores version 1. Conflict: slug_taken. Reads all of `config` but its version and its times.
  Status insert(const model::RoutingConfig& config, const Save& save);
  std::optional<model::RoutingConfig> find(std::string_view id);  // living
  std::optional<model::RoutingConfig> findBySlug(std::string_view project_id,
                                                 std::string_view slug);
  bool hasSlug(std::string_view slug);  // a living config of any project
  // Of these projects; of all when there are none.
  Page<model::RoutingConfig> list(std::span<const std::string> project_ids,
                                  const PageRequest& page);
  std::vector<model::RoutingConfig> ofProject(std::string_view project_id);
  std::vector<model::RoutingConfig> all();
  // Saves name, policy, config_json, cache_json, embedding_dimensions and automatic of `changed` as
  // the next version and returns the new head; a save that changes none of them but automatic makes
  // no version. NotFound, or Conflict: version_conflict when the head is not `expected_version`.
  Result<model::RoutingConfig> update(const model::RoutingConfig& changed,
                                      std::optional<int64_t> expected_version, const Save& save);
  // Frees the slug, keeps the versions. False when there is no such living config.
  bool softDelete(std::string_view id, UnixMillis now);
  int64_t softDeleteOfProject(std::string_view project_id, UnixMillis now);

  // Newest first: the versions below `before` (0: from the head).
  std::vector<RoutingConfigVersion> versions(std::string_view id, int64_t before, size_t limit);
  std::optional<RoutingConfigVersion> findVersion(std::string_view id, int64_t version);

  // Living configs whose head names this provider credential anywhere.
  std::vector<model::RoutingConfig> referencing(std::string_view provider_id);
  // Living automatic configs whose single target is a provider of this vendor.
  std::vector<model::RoutingConfig> automaticAt(std::string_view vendor);

 private:
  static constexpr std::string_view kSelectHead =
      "SELECT c.id, c.project_id, v.name, c.slug, v.policy, v.config_json, v.cache_json, "
      "v.embedding_dimensions, c.version, c.automatic, c.created_at, c.updated_at FROM "
      "routing_config c JOIN routing_config_version v "
      "ON v.routing_config_id = c.id AND v.version = c.version WHERE c.deleted_at IS NULL ";
  static constexpr std::string_view kSelectVersion =
      "SELECT routing_config_id, version, name, policy, config_json, cache_json, "
      "embedding_dimensions, author, note, created_at FROM routing_config_version WHERE "
      "routing_config_id = ? ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO routing_config (id, project_id, slug, version, automatic, created_at, "
      "updated_at) VALUES (?, ?, ?, 1, ?, ?, ?)"};
  storage::Statement insert_version_{
      db_,
      "INSERT INTO routing_config_version (routing_config_id, version, name, policy, "
      "config_json, cache_json, embedding_dimensions, author, note, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement advance_{
      db_, "UPDATE routing_config SET version = ?, automatic = ?, updated_at = ? WHERE id = ?"};
  storage::Statement find_{db_, kSelectHead, "AND c.id = ?"};
  storage::Statement by_slug_{db_, kSelectHead, "AND c.project_id = ? AND c.slug = ?"};
  storage::Statement has_slug_{
      db_, "SELECT EXISTS (SELECT 1 FROM routing_config WHERE slug = ? AND deleted_at IS NULL)"};
  storage::Statement list_{
      db_, kSelectHead,
      "AND c.id > ?1 AND (?2 = '[]' OR +c.project_id IN (SELECT value FROM json_each(?2))) "
      "ORDER BY c.id LIMIT ?3"};
  storage::Statement list_of_project_{db_, kSelectHead,
                                      "AND c.project_id = ? AND c.id > ? ORDER BY c.id LIMIT ?"};
  storage::Statement delete_{
      db_, "UPDATE routing_config SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement delete_of_project_{
      db_, "UPDATE routing_config SET deleted_at = ? WHERE project_id = ? AND deleted_at IS NULL"};
  storage::Statement versions_{db_, kSelectVersion,
                               "AND version < ? ORDER BY version DESC LIMIT ?"};
  storage::Statement find_version_{db_, kSelectVersion, "AND version = ?"};
  storage::Statement referencing_{
      db_, kSelectHead,
      "AND EXISTS (SELECT 1 FROM json_tree(v.config_json) t "
      "WHERE t.key = 'provider_credential_id' AND t.value = ?) ORDER BY c.id"};
  storage::Statement automatic_at_{
      db_, kSelectHead,
      "AND c.automatic = 1 AND v.policy = 'single' AND EXISTS (SELECT 1 FROM provider p "
      "WHERE p.vendor = ? AND p.id = json_extract(v.config_json, '$.provider_credential_id')) "
      "ORDER BY c.id"};
};

}  // namespace penstock::store
