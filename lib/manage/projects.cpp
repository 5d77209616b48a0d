// Projects: what keys, routing configs and logs belong to.
#include <optional>

#include "base/id.h"
#include "config/slug.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "store/provision.h"

namespace penstock::manage {
namespace {

Handler listProjects, createProject, showProject, updateProject, deleteProject;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/projects", model::Role::Viewer, listProjects},
    {"POST", "/projects", model::Role::Admin, createProject},
    {"GET", "/projects/{project_id}", model::Role::Viewer, showProject},
    {"PATCH", "/projects/{project_id}", model::Role::Admin, updateProject},
    {"DELETE", "/projects/{project_id}", model::Role::Admin, deleteProject},
};

constexpr std::string_view kList = "projects";

void writeProject(json::Writer& out, const model::Project& project) {
  out.beginObject().field("id", project.id).field("name", project.name);
  out.field("slug", project.slug).field("description", project.description);
  out.key("settings").beginObject();
  out.field("auto_resolve_bare_model", project.settings.auto_resolve_bare_model);
  out.field("retain_payloads", project.settings.retain_payloads).endObject();
  writeTime(out, "created_at", project.created_at);
  writeTime(out, "deleted_at", project.deleted_at);
  out.endObject();
}

http::Response projectAnswer(int status, const model::Project& project) {
  return dataAnswer(status, [&](json::Writer& out) { writeProject(out, project); });
}

// What create and update have in common; a new project is an empty one, updated.
void readProjectFields(json::ObjectReader& body, model::Project& project) {
  if (auto name = body.string("name", kName)) project.name = std::move(*name);
  if (auto text = body.string("description", kDescription)) project.description = std::move(*text);
  if (auto slug = body.string("slug", {.min = 1, .max = 63})) {
    if (!config::isSlug(*slug)) body.fail("slug", "must be made of a-z, 0-9, '-' and '_'");
    project.slug = std::move(*slug);
  }
  body.object("settings", [&](json::ObjectReader& settings) {
    model::ProjectSettings& now = project.settings;
    now.auto_resolve_bare_model =
        settings.boolean("auto_resolve_bare_model").value_or(now.auto_resolve_bare_model);
    now.retain_payloads = settings.boolean("retain_payloads").value_or(now.retain_payloads);
  });
}

std::optional<model::Project> findLiving(store::Tables& tables, std::string_view id) {
  auto project = tables.projects.find(id);
  return project && !project->deleted_at ? project : std::nullopt;
}

Answer listProjects(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const bool all = query.choice("include_deleted", {"false", "true"}).value_or(0) == 1;
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read([&](store::Tables& tables) {
    return tables.projects.list(page, all ? store::Deleted::Include : store::Deleted::Exclude);
  });
  return pageAnswer(kList, found, writeProject);
}

Answer createProject(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::Project project;
  requireField(body, "name");
  readProjectFields(body, project);
  if (!body.has("slug") && !project.name.empty()) {
    project.slug = config::slugOf(project.name);
    if (project.slug.empty()) body.fail("slug", "is required: the name has no letter or digit");
  }
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  project.id = newId("proj_", call.now);
  project.organization_id = call.caller.organization_id;
  project.created_at = call.now;
  auto created = services.config.change(
      config::Part::Projects | config::Part::RoutingConfigs,
      [&](store::Tables& tables) { return store::createProject(tables, project); });
  if (!created) return std::move(created).error();
  return projectAnswer(kCreated, project);
}

Answer showProject(Services& services, const Call& call) {
  const auto id = call.request.param("project_id");
  const auto project =
      services.config.store().read([&](store::Tables& tables) { return findLiving(tables, id); });
  if (!project) return notFound("project", std::string(id));
  return projectAnswer(kOk, *project);
}

Answer updateProject(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  const auto id = call.request.param("project_id");
  auto updated = services.config.change(
      config::Part::Projects, [&](store::Tables& tables) -> Result<model::Project> {
        auto project = findLiving(tables, id);
        if (!project) return notFound("project", std::string(id));
        json::ObjectReader body(document->root());
        readProjectFields(body, *project);
        if (auto checked = body.finish(); !checked) return std::move(checked).error();
        if (auto stored = tables.projects.update(*project); !stored) return stored.error();
        return *project;
      });
  if (!updated) return std::move(updated).error();
  return projectAnswer(kOk, *updated);
}

Answer deleteProject(Services& services, const Call& call) {
  const std::string id(call.request.param("project_id"));
  auto deleted = services.config.change(
      config::Part::Projects | config::Part::ApiKeys | config::Part::RoutingConfigs,
      [&](store::Tables& tables) -> Status {
        if (!store::deleteProject(tables, id, call.now)) return notFound("project", id);
        return Unit{};
      });
  if (!deleted) return std::move(deleted).error();
  return deletedAnswer(id);
}

}  // namespace

std::span<const ResourceRoute> projectRoutes() { return kRoutes; }

}  // namespace penstock::manage
