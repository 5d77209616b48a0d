#include "store/routing_configs.h"

#include <limits>

#include <fmt/format.h>

#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

model::RoutingConfig readHead(const storage::Rows& row) {
  model::RoutingConfig config;
  config.id = row.string(0);
  config.project_id = row.string(1);
  config.name = row.string(2);
  config.slug = row.string(3);
  config.policy = row.string(4);
  config.config_json = row.string(5);
  config.cache_json = row.string(6);
  config.embedding_dimensions = row.optionalInteger(7);
  config.version = row.integer(8);
  config.automatic = row.flag(9);
  config.created_at = row.integer(10);
  config.updated_at = row.integer(11);
  return config;
}

RoutingConfigVersion readVersion(const storage::Rows& row) {
  return {row.string(0), row.integer(1),         row.string(2), row.string(3), row.string(4),
          row.string(5), row.optionalInteger(6), row.string(7), row.string(8), row.integer(9)};
}

bool saysTheSame(const model::RoutingConfig& a, const model::RoutingConfig& b) {
  return a.name == b.name && a.policy == b.policy && a.config_json == b.config_json &&
         a.cache_json == b.cache_json && a.embedding_dimensions == b.embedding_dimensions;
}

ApiError versionConflict(int64_t expected, const model::RoutingConfig& head) {
  ApiError error = conflict("version_conflict",
                            fmt::format("expected version {}, but @{} is at version {}", expected,
                                        head.slug, head.version),
                            "/expected_version");
  error.resource = "routing_config";
  error.id = head.id;
  return error;
}

}  // namespace

Status RoutingConfigTable::insert(const model::RoutingConfig& config, const Save& save) {
  if (findBySlug(config.project_id, config.slug)) {
    return conflict("slug_taken", "the project has a routing config @" + config.slug, "/slug");
  }
  insert_.run(config.id, config.project_id, config.slug, config.automatic, save.now, save.now);
  insert_version_.run(config.id, 1, config.name, config.policy, config.config_json,
                      unlessEmpty(config.cache_json), config.embedding_dimensions, save.author,
                      save.note, save.now);
  return Unit{};
}

std::optional<model::RoutingConfig> RoutingConfigTable::find(std::string_view id) {
  return readOne(find_.query(id), readHead);
}

std::optional<model::RoutingConfig> RoutingConfigTable::findBySlug(std::string_view project_id,
                                                                   std::string_view slug) {
  return readOne(by_slug_.query(project_id, slug), readHead);
}

bool RoutingConfigTable::hasSlug(std::string_view slug) { return has_slug_.integer(0, slug) != 0; }

Page<model::RoutingConfig> RoutingConfigTable::list(std::span<const std::string> project_ids,
                                                    const PageRequest& page) {
  const size_t rows = rowsToAsk(page);
  return toPage(
      readAll(project_ids.size() == 1 ? list_of_project_.query(project_ids[0], page.after, rows)
                                      : list_.query(page.after, textsToJson(project_ids), rows),
              readHead),
      page);
}

std::vector<model::RoutingConfig> RoutingConfigTable::ofProject(std::string_view project_id) {
  return readAll(list_of_project_.query(project_id, "", std::numeric_limits<int64_t>::max()),
                 readHead);
}

std::vector<model::RoutingConfig> RoutingConfigTable::all() {
  return readAll(list_.query("", "[]", std::numeric_limits<int64_t>::max()), readHead);
}

Result<model::RoutingConfig> RoutingConfigTable::update(const model::RoutingConfig& changed,
                                                        std::optional<int64_t> expected_version,
                                                        const Save& save) {
  const auto head = find(changed.id);
  if (!head) return notFound("routing_config", changed.id);
  if (expected_version && *expected_version != head->version) {
    return versionConflict(*expected_version, *head);
  }
  const bool new_version = !saysTheSame(*head, changed);
  if (!new_version && head->automatic == changed.automatic) return *head;
  const int64_t version = head->version + (new_version ? 1 : 0);
  if (new_version) {
    insert_version_.run(changed.id, version, changed.name, changed.policy, changed.config_json,
                        unlessEmpty(changed.cache_json), changed.embedding_dimensions, save.author,
                        save.note, save.now);
  }
  advance_.run(version, changed.automatic, save.now, changed.id);
  return *find(changed.id);
}

bool RoutingConfigTable::softDelete(std::string_view id, UnixMillis now) {
  return delete_.run(now, id) > 0;
}

int64_t RoutingConfigTable::softDeleteOfProject(std::string_view project_id, UnixMillis now) {
  return delete_of_project_.run(now, project_id);
}

std::vector<RoutingConfigVersion> RoutingConfigTable::versions(std::string_view id, int64_t before,
                                                               size_t limit) {
  const int64_t below = before > 0 ? before : std::numeric_limits<int64_t>::max();
  return readAll(versions_.query(id, below, limit), readVersion);
}

std::optional<RoutingConfigVersion> RoutingConfigTable::findVersion(std::string_view id,
                                                                    int64_t version) {
  return readOne(find_version_.query(id, version), readVersion);
}

std::vector<model::RoutingConfig> RoutingConfigTable::referencing(std::string_view provider_id) {
  return readAll(referencing_.query(provider_id), readHead);
}

std::vector<model::RoutingConfig> RoutingConfigTable::automaticAt(std::string_view vendor) {
  return readAll(automatic_at_.query(vendor), readHead);
}

}  // namespace penstock::store
