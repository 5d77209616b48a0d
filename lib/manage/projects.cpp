// Projects: what keys, routing configs and logs belong to.
#include <optional>

#include "config/slug.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/downgrades.h"
#include "manage/effects.h"
#include "manage/guardrails.h"
#include "manage/kinds.h"
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

void writeProject(json::Writer& out, const model::Project& project, UnixMillis) {
  out.beginObject().field("id", project.id).field("name", project.name);
  out.field("slug", project.slug).field("description", project.description);
  out.key("settings").beginObject();
  out.field("auto_resolve_bare_model", project.settings.auto_resolve_bare_model);
  out.field("retain_payloads", project.settings.retain_payloads);
  out.field("unknown_model_policy", model::policyName(project.settings.unknown_model_policy));
  out.field("budget_bare_models", project.settings.budget_bare_models);
  out.field("unsupported_parameters", model::kUnsupportedParameters.at(static_cast<size_t>(
                                          project.settings.unsupported_parameters)));
  out.field("unknown_files",
            model::kUnknownFiles.at(static_cast<size_t>(project.settings.unknown_files)));
  writeGuardrails(out, project.settings);
  out.endObject();
  writeTime(out, "created_at", project.created_at);
  writeTime(out, "deleted_at", project.deleted_at);
  out.endObject();
}

// With the secrets that webhooks among the guardrails got, which are shown this once.
http::Response answerWith(int status, const model::Project& project, UnixMillis now,
                          const std::vector<GuardrailSecret>& made) {
  if (made.empty()) return objectAnswer(status, kProject, project, now);
  const std::string plain = jsonOf(kProject, project, now);
  std::string json = plain.substr(0, plain.size() - 1) + ",\"guardrail_secrets\":";
  json::Writer out(json);
  out.beginArray();
  for (const GuardrailSecret& secret : made) {
    out.beginObject().field("name", secret.rule);
    out.field("signing_secret", secret.value.reveal()).endObject();
  }
  out.endArray();
  return taggedAnswer(status, json + "}", etagOf(plain));
}

std::string_view itself(const model::Project& project) { return project.id; }

// By id or by slug.
std::optional<model::Project> findLiving(store::Tables& tables, const Call& call,
                                         std::string_view named) {
  auto project = tables.projects.find(named);
  if (!project) project = tables.projects.findBySlug(call.caller.organization_id, named);
  return project && !project->deleted_at ? project : std::nullopt;
}

Answer listProjects(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const bool all = query.choice("include_deleted", {"false", "true"}).value_or(0) == 1;
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read([&](store::Tables& tables) {
    return tables.projects.list(call.caller.project_ids, page,
                                all ? store::Deleted::Include : store::Deleted::Exclude);
  });
  return pageAnswer(kList, kProject, found, call.now);
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
  const auto made = completeSecrets(project.settings);
  return change(services, call, config::Part::Projects | config::Part::RoutingConfigs,
                [&](Change& change) -> Answer {
                  auto added = addProject(change, project);
                  if (!added) return std::move(added).error();
                  return answerWith(kCreated, *added, call.now, made);
                });
}

Answer showProject(Services& services, const Call& call) {
  return showOne(kProject, services, call, "project_id");
}

Answer updateProject(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::Projects, [&](Change& change) -> Answer {
    auto project = change.load(kProject, "project_id");
    if (!project) return std::move(project).error();
    json::ObjectReader body(document->root());
    readProjectFields(body, *project);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    const auto made = completeSecrets(project->settings);
    if (auto stored = change.tables.projects.update(*project); !stored) return stored.error();
    change.updated(kProject, *project);
    return answerWith(kOk, *project, call.now, made);
  });
}

Answer deleteProject(Services& services, const Call& call) {
  constexpr auto kTouched = config::Part::Projects | config::Part::ApiKeys |
                            config::Part::RoutingConfigs | config::Part::ManagementKeys;
  return change(services, call, kTouched, [&](Change& change) -> Answer {
    auto project = change.load(kProject, "project_id");
    if (!project) return std::move(project).error();
    const Downgrades downgrades(change);
    if (auto dropped = dropProject(change, *project); !dropped) return dropped.error();
    // Those of all projects stay.
    auto held = downgrades.check({}, "budgets downgrade to routing configs that only it has");
    if (!held) return std::move(held).error();
    return deletedAnswer(project->id);
  });
}

// Takes the project out of a list that confines somebody; true when nothing is left of it, which
// must not come to mean everything.
bool leavesNothing(std::vector<std::string>& project_ids, const std::string& id) {
  return std::erase(project_ids, id) > 0 && project_ids.empty();
}

// Members and management keys that were confined to the project alone go with it.
Status releaseConfined(Change& change, const std::string& project_id) {
  for (model::Member& member : change.tables.members.all()) {
    const model::Member before = member;
    if (leavesNothing(member.project_ids, project_id)) {
      if (auto dropped = dropMember(change, before); !dropped) return dropped;
    } else if (member != before) {
      if (auto changed = changeMember(change, before, member); !changed) return changed;
    }
  }
  for (model::ManagementKey& key : change.tables.management_keys.unrevoked()) {
    const model::ManagementKey before = change.remember(kManagementKey, key);
    if (leavesNothing(key.project_ids, project_id)) {
      change.tables.management_keys.revoke(key.id, change.call.now);
      change.updated(kManagementKey, *change.tables.management_keys.find(key.id), "revoked");
    } else if (key != before) {
      change.tables.management_keys.update(key);
      change.updated(kManagementKey, key);
    }
  }
  return Unit{};
}

}  // namespace

const Kind<model::Project> kProject{"project", itself, writeProject, findLiving};

// What create and update have in common; a new project is an empty one, updated.
void readProjectFields(json::ObjectReader& body, model::Project& project) {
  if (auto name = body.string("name", kName)) project.name = std::move(*name);
  if (auto text = body.string("description", kDescription)) project.description = std::move(*text);
  readSlug(body, project.slug);
  body.object("settings", [&](json::ObjectReader& settings) {
    model::ProjectSettings& now = project.settings;
    now.auto_resolve_bare_model =
        settings.boolean("auto_resolve_bare_model").value_or(now.auto_resolve_bare_model);
    now.retain_payloads = settings.boolean("retain_payloads").value_or(now.retain_payloads);
    if (const auto policy = settings.choice("unknown_model_policy", model::kUnknownModelPolicies)) {
      now.unknown_model_policy = static_cast<model::UnknownModelPolicy>(*policy);
    }
    now.budget_bare_models =
        settings.boolean("budget_bare_models").value_or(now.budget_bare_models);
    if (const auto policy =
            settings.choice("unsupported_parameters", model::kUnsupportedParameters)) {
      now.unsupported_parameters = static_cast<model::UnsupportedParameters>(*policy);
    }
    if (const auto policy = settings.choice("unknown_files", model::kUnknownFiles))
      now.unknown_files = static_cast<model::UnknownFiles>(*policy);
    readGuardrails(settings, now);
  });
}

Result<model::Project> addProject(Change& change, model::Project project) {
  project.id = change.newId("proj_");
  project.organization_id = change.call.caller.organization_id;
  project.created_at = change.call.now;
  if (auto added = store::createProject(change.tables, project); !added) return added.error();
  change.created(kProject, project);
  if (const auto config =
          change.tables.routing_configs.findBySlug(project.id, store::kDefaultSlug)) {
    change.created(kRoutingConfig, *config);
  }
  return project;
}

// The keys of it that still work, its routing configs, budgets and balances go with it: each is
// told of.
Status dropProject(Change& change, const model::Project& project) {
  const UnixMillis now = change.call.now;
  if (auto released = releaseConfined(change, project.id); !released) return released;
  for (const model::ApiKey& key : change.tables.api_keys.unrevokedOf(project.id)) {
    change.remember(kApiKey, key);
    change.tables.api_keys.revoke(key.id, now);
    change.updated(kApiKey, *change.tables.api_keys.find(key.id), "revoked");
  }
  for (const model::RoutingConfig& config : change.tables.routing_configs.ofProject(project.id)) {
    change.deleted(kRoutingConfig, config);
  }
  for (const model::Budget& budget : change.tables.budgets.all()) {
    if (budget.project_id == project.id) dropBudget(change, budget);
  }
  for (const model::Balance& balance : change.tables.balances.all()) {
    if (balance.project_id == project.id) dropBalance(change, balance);
  }
  store::deleteProject(change.tables, project.id, now);
  change.deleted(kProject, project);
  return Unit{};
}

std::span<const ResourceRoute> projectRoutes() { return kRoutes; }

}  // namespace penstock::manage
