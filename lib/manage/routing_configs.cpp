// Routing configs: what @slug means to a project. Every save is a numbered version.
#include "base/text.h"
#include "config/references.h"
#include "config/slug.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/downgrades.h"
#include "manage/effects.h"
#include "manage/errors.h"
#include "manage/kinds.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "manage/routing_config_fields.h"
#include "manage/routing_config_versions.h"

namespace penstock::manage {
namespace {

Handler listConfigs, createConfig, showConfig, updateConfig, deleteConfig, rollBackConfig;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/routing-configs", model::Role::Viewer, listConfigs},
    {"POST", "/routing-configs", model::Role::Member, createConfig},
    {"GET", "/routing-configs/{config_id}", model::Role::Viewer, showConfig},
    {"PATCH", "/routing-configs/{config_id}", model::Role::Member, updateConfig},
    {"PUT", "/routing-configs/{config_id}", model::Role::Member, updateConfig},
    {"DELETE", "/routing-configs/{config_id}", model::Role::Member, deleteConfig},
    {"GET", "/routing-configs/{config_id}/versions", model::Role::Viewer, listConfigVersions},
    {"GET", "/routing-configs/{config_id}/versions/{version}", model::Role::Viewer,
     showConfigVersion},
    {"GET", "/routing-configs/{config_id}/diff", model::Role::Viewer, diffConfigVersions},
    {"POST", "/routing-configs/{config_id}/rollback", model::Role::Member, rollBackConfig},
    {"POST", "/routing-configs/{config_id}/dry-run", model::Role::Viewer, dryRunConfig},
};

constexpr std::string_view kList = "routing_configs";

void writeConfig(json::Writer& out, const model::RoutingConfig& config, UnixMillis) {
  out.beginObject().field("id", config.id).field("project_id", config.project_id);
  out.field("name", config.name).field("slug", config.slug);
  out.field("policy", config.policy).rawField("config", config.config_json);
  writeExtras(out, config.cache_json, config.embedding_dimensions);
  out.field("version", config.version).field("automatic", config.automatic);
  writeTime(out, "created_at", config.created_at);
  writeTime(out, "updated_at", config.updated_at);
  out.endObject();
}

std::string_view projectOf(const model::RoutingConfig& config) { return config.project_id; }

// By id, or by slug, with or without '@', in the project of the query.
std::optional<model::RoutingConfig> findConfig(store::Tables& tables, const Call& call,
                                               std::string_view named) {
  if (auto config = tables.routing_configs.find(named)) return config;
  QueryReader query(call.request);
  const auto* project = findProjectOrDefault(call, query.text("project_id"));
  if (project == nullptr) return std::nullopt;
  return tables.routing_configs.findBySlug(project->id, config::withoutAt(named));
}

std::string versionOf(const model::RoutingConfig& config) { return std::to_string(config.version); }

Answer listConfigs(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string named = query.text("project_id");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto projects = projectFilter(call, named);
  if (!projects) return projects.error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.routing_configs.list(*projects, page); });
  return pageAnswer(kList, kRoutingConfig, found, call.now);
}

Answer createConfig(Services& services, const Call& call) {
  auto document = readConfigBody(call.request);
  if (!document) return std::move(document).error();
  auto edit = readNewConfig(document->root(), call);
  if (!edit) return std::move(edit).error();
  return change(services, call, config::Part::RoutingConfigs, [&](Change& change) -> Answer {
    const auto project = change.tables.projects.find(edit->config.project_id);
    if (!project || project->deleted_at) return notFound("project", edit->config.project_id);
    auto added = addRoutingConfig(change, edit->config, edit->note);
    if (!added) return std::move(added).error();
    return objectAnswer(kCreated, kRoutingConfig, *added, call.now);
  });
}

Answer showConfig(Services& services, const Call& call) {
  return showOne(kRoutingConfig, services, call, "config_id");
}

// Saves the config as it is now in `changed` and answers with the new head.
Answer save(Change& change, const model::RoutingConfig& changed,
            std::optional<int64_t> expected_version, const std::string& note) {
  auto saved = changeRoutingConfig(change, changed, expected_version, note);
  if (!saved) return std::move(saved).error();
  return objectAnswer(kOk, kRoutingConfig, *saved, change.call.now);
}

// The body is laid over the head that the writer sees, so that a save never undoes a field that it
// did not name.
Answer updateConfig(Services& services, const Call& call) {
  auto document = readConfigBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::RoutingConfigs, [&](Change& change) -> Answer {
    auto head = change.load(kRoutingConfig, "config_id");
    if (!head) return std::move(head).error();
    auto edit = readConfigEdit(document->root(), *std::move(head), call);
    if (!edit) return std::move(edit).error();
    return save(change, edit->config, edit->expected_version, edit->note);
  });
}

// 409 while other configs lead on to it. (One that is saved to do so at this moment fails the
// change's own check, as a reference to nothing.)
Status refuseInUse(const config::Snapshot& snapshot, const model::RoutingConfig& config) {
  const auto referrers =
      config::referrersOf(*snapshot.parts().routing_configs, config.project_id, config.slug);
  std::string names;
  for (const config::RoutingConfig* referrer : referrers) {
    if (referrer->head.id == config.id) continue;
    names.append(names.empty() ? "@" : ", @").append(referrer->head.slug);
  }
  if (names.empty()) return Unit{};
  ApiError error{ErrorKind::Conflict, "routing_config_in_use",
                 "other configs lead on to it: " + names};
  error.resource = "routing_config";
  error.id = config.id;
  return error;
}

Answer deleteConfig(Services& services, const Call& call) {
  return change(services, call, config::Part::RoutingConfigs, [&](Change& change) -> Answer {
    auto config = change.load(kRoutingConfig, "config_id");
    if (!config) return std::move(config).error();
    if (auto free = refuseInUse(*services.config.current(), *config); !free)
      return std::move(free).error();
    const Downgrades downgrades(change);
    change.tables.routing_configs.softDelete(config->id, call.now);
    change.deleted(kRoutingConfig, *config);
    auto held = downgrades.check(config->id, "budgets downgrade to it");
    if (!held) return std::move(held).error();
    return deletedAnswer(config->id);
  });
}

// History is not rewritten: what an older version said becomes the newest one.
Answer rollBackConfig(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  const int64_t version = body.requireInteger("version", {.min = 1});
  const auto expected = body.integer("expected_version", {.min = 1});
  auto note = body.string("note", kDescription);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  if (!note) note = "rolled back to version " + std::to_string(version);
  return change(services, call, config::Part::RoutingConfigs, [&](Change& change) -> Answer {
    auto config = change.load(kRoutingConfig, "config_id");
    if (!config) return std::move(config).error();
    const auto old = change.tables.routing_configs.findVersion(config->id, version);
    if (!old) return fieldError("/version", "there is no such version");
    config->name = old->name;
    config->policy = old->policy;
    config->config_json = old->config_json;
    config->cache_json = old->cache_json;
    config->embedding_dimensions = old->embedding_dimensions;
    config->automatic = false;
    return save(change, *config, expected, *note);
  });
}

}  // namespace

const Kind<model::RoutingConfig> kRoutingConfig{"routing_config", projectOf, writeConfig,
                                                findConfig, versionOf};

Result<model::RoutingConfig> addRoutingConfig(Change& change, model::RoutingConfig config,
                                              const std::string& note) {
  const UnixMillis now = change.call.now;
  config.id = change.newId("rc_");
  auto added = change.tables.routing_configs.insert(
      config, {.author = change.call.caller.id, .note = note, .now = now});
  if (!added) return std::move(added).error();
  model::RoutingConfig stored = *change.tables.routing_configs.find(config.id);
  change.created(kRoutingConfig, stored);
  return stored;
}

Result<model::RoutingConfig> changeRoutingConfig(Change& change, const model::RoutingConfig& config,
                                                 std::optional<int64_t> expected_version,
                                                 const std::string& note) {
  auto saved = change.tables.routing_configs.update(
      config, expected_version,
      {.author = change.call.caller.id, .note = note, .now = change.call.now});
  if (saved) change.updated(kRoutingConfig, *saved);
  return saved;
}

std::span<const ResourceRoute> routingConfigRoutes() { return kRoutes; }

}  // namespace penstock::manage
