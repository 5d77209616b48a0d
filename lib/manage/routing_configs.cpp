// Routing configs: what @slug means to a project. Every save is a numbered version.
#include "base/id.h"
#include "base/text.h"
#include "config/slug.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "manage/routing_config_fields.h"

namespace penstock::manage {
namespace {

Handler listConfigs, createConfig, showConfig, updateConfig, deleteConfig, listVersions,
    showVersion;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/routing-configs", model::Role::Viewer, listConfigs},
    {"POST", "/routing-configs", model::Role::Member, createConfig},
    {"GET", "/routing-configs/{config_id}", model::Role::Viewer, showConfig},
    {"PATCH", "/routing-configs/{config_id}", model::Role::Member, updateConfig},
    {"PUT", "/routing-configs/{config_id}", model::Role::Member, updateConfig},
    {"DELETE", "/routing-configs/{config_id}", model::Role::Member, deleteConfig},
    {"GET", "/routing-configs/{config_id}/versions", model::Role::Viewer, listVersions},
    {"GET", "/routing-configs/{config_id}/versions/{version}", model::Role::Viewer, showVersion},
};

constexpr std::string_view kList = "routing_configs";
constexpr std::string_view kVersionList = "routing_config_versions";

void writeConfig(json::Writer& out, const model::RoutingConfig& config) {
  out.beginObject().field("id", config.id).field("project_id", config.project_id);
  out.field("name", config.name).field("slug", config.slug);
  out.field("policy", config.policy).rawField("config", config.config_json);
  out.field("version", config.version).field("automatic", config.automatic);
  writeTime(out, "created_at", config.created_at);
  writeTime(out, "updated_at", config.updated_at);
  out.endObject();
}

void writeVersion(json::Writer& out, const store::RoutingConfigVersion& version) {
  out.beginObject().field("routing_config_id", version.routing_config_id);
  out.field("version", version.version).field("name", version.name);
  out.field("policy", version.policy).rawField("config", version.config_json);
  out.field("author", version.author);
  writeText(out, "note", version.note);
  writeTime(out, "created_at", version.created_at);
  out.endObject();
}

http::Response configAnswer(int status, const model::RoutingConfig& config) {
  auto response = dataAnswer(status, [&](json::Writer& out) { writeConfig(out, config); });
  response.headers.emplace_back("ETag", '"' + std::to_string(config.version) + '"');
  return response;
}

// The id of the config that the path names: by id, or by slug, with or without '@', in the project
// of the query.
Result<std::string> namedConfig(const Call& call) {
  const std::string named(call.request.param("config_id"));
  if (call.config->findRoutingConfigById(named) != nullptr) return named;
  QueryReader query(call.request);
  const auto* project = findProjectOrDefault(*call.config, query.text("project_id"));
  const auto* found = project == nullptr
                          ? nullptr
                          : call.config->findRoutingConfig(project->id, config::withoutAt(named));
  if (found == nullptr) return notFound("routing_config", named);
  return found->head.id;
}

Answer listConfigs(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string named = query.text("project_id");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto project = projectFilter(*call.config, named);
  if (!project) return project.error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.routing_configs.list(*project, page); });
  return pageAnswer(kList, found, writeConfig);
}

Answer createConfig(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  auto edit = readNewConfig(document->root(), *call.config);
  if (!edit) return std::move(edit).error();
  edit->config.id = newId("rc_", call.now);
  auto created = services.config.change(
      config::Part::RoutingConfigs, [&](store::Tables& tables) -> Result<model::RoutingConfig> {
        const auto project = tables.projects.find(edit->config.project_id);
        if (!project || project->deleted_at) return notFound("project", edit->config.project_id);
        auto stored = tables.routing_configs.insert(
            edit->config, {.author = call.caller.id, .note = edit->note, .now = call.now});
        if (!stored) return std::move(stored).error();
        return *tables.routing_configs.find(edit->config.id);
      });
  if (!created) return std::move(created).error();
  return configAnswer(kCreated, *created);
}

Answer showConfig(Services& services, const Call& call) {
  const auto id = namedConfig(call);
  if (!id) return id.error();
  const auto config = services.config.store().read(
      [&](store::Tables& tables) { return tables.routing_configs.find(*id); });
  if (!config) return notFound("routing_config", *id);
  return configAnswer(kOk, *config);
}

// The body is laid over the head that the writer sees, so that a save never undoes a field that it
// did not name.
Answer updateConfig(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  const auto id = namedConfig(call);
  if (!id) return id.error();
  const auto if_match = expectedVersion(call.request);
  if (!if_match) return if_match.error();
  auto updated = services.config.change(
      config::Part::RoutingConfigs, [&](store::Tables& tables) -> Result<model::RoutingConfig> {
        auto head = tables.routing_configs.find(*id);
        if (!head) return notFound("routing_config", *id);
        auto edit = readConfigEdit(document->root(), *std::move(head), tables);
        if (!edit) return std::move(edit).error();
        if (!edit->expected_version) edit->expected_version = *if_match;
        return tables.routing_configs.update(
            edit->config, edit->expected_version,
            {.author = call.caller.id, .note = edit->note, .now = call.now});
      });
  if (!updated) return std::move(updated).error();
  return configAnswer(kOk, *updated);
}

Answer deleteConfig(Services& services, const Call& call) {
  const auto id = namedConfig(call);
  if (!id) return id.error();
  auto deleted =
      services.config.change(config::Part::RoutingConfigs, [&](store::Tables& tables) -> Status {
        if (!tables.routing_configs.softDelete(*id, call.now)) {
          return notFound("routing_config", *id);
        }
        return Unit{};
      });
  if (!deleted) return std::move(deleted).error();
  return deletedAnswer(*id);
}

Answer listVersions(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kVersionList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto id = namedConfig(call);
  if (!id) return id.error();
  const auto before = static_cast<int64_t>(parseUnsigned(page.after).value_or(0));
  auto found = services.config.store().read([&](store::Tables& tables) {
    return tables.routing_configs.versions(*id, before, page.limit + 1);
  });
  std::optional<std::string> next;
  if (found.size() > page.limit) {
    found.pop_back();
    next = encodeCursor(kVersionList, std::to_string(found.back().version));
  }
  return listAnswer(
      [&](json::Writer& out) {
        for (const auto& version : found) writeVersion(out, version);
      },
      next);
}

Answer showVersion(Services& services, const Call& call) {
  const auto id = namedConfig(call);
  if (!id) return id.error();
  const std::string named(call.request.param("version"));
  const auto number = parseUnsigned(named);
  const auto version = services.config.store().read([&](store::Tables& tables) {
    return tables.routing_configs.findVersion(*id, static_cast<int64_t>(number.value_or(0)));
  });
  if (!version) return notFound("routing_config_version", named);
  return dataAnswer(kOk, [&](json::Writer& out) { writeVersion(out, *version); });
}

}  // namespace

std::span<const ResourceRoute> routingConfigRoutes() { return kRoutes; }

}  // namespace penstock::manage
