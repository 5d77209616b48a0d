#include "store/projects.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "json/document.h"
#include "json/writer.h"
#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

using Unsupported = model::UnsupportedParameters;
using model::UnknownFiles;

std::string_view nameOf(Unsupported policy) {
  return model::kUnsupportedParameters.at(static_cast<size_t>(policy));
}

std::string_view nameOf(UnknownFiles policy) {
  return model::kUnknownFiles.at(static_cast<size_t>(policy));
}

model::UnknownModelPolicy policyAt(const storage::Rows& row, int column) {
  const auto* const name = std::ranges::find(model::kUnknownModelPolicies, row.text(column));
  if (name == std::end(model::kUnknownModelPolicies))
    throw std::runtime_error("a stored unknown-model policy is unknown");
  return static_cast<model::UnknownModelPolicy>(name - std::begin(model::kUnknownModelPolicies));
}

std::string identity(std::string_view id) {
  return "project:" + std::string(id) + ":guardrail_secrets";
}

std::optional<storage::Blob> asBlob(const std::optional<std::string>& sealed) {
  if (!sealed) return std::nullopt;
  return storage::Blob{*sealed};
}

ApiError slugTaken(const model::Project& project) {
  return conflict("slug_taken", "another project has the slug " + project.slug, "/slug");
}

}  // namespace

// {"rule":"secret",…}
std::optional<std::string> ProjectTable::seal(const model::Project& project) const {
  if (project.settings.guardrail_secrets.empty()) return std::nullopt;
  std::string text;
  json::Writer out(text);
  out.beginObject();
  for (const auto& [rule, secret] : project.settings.guardrail_secrets) {
    out.field(rule, secret.reveal());
  }
  out.endObject();
  return box_.seal(Secret(std::move(text)), identity(project.id));
}

model::Project ProjectTable::read(const storage::Rows& row) const {
  model::Project project;
  project.id = row.string(0);
  project.organization_id = row.string(1);
  project.name = row.string(2);
  project.slug = row.string(3);
  project.description = row.string(4);
  project.settings.auto_resolve_bare_model = row.flag(5);
  project.settings.retain_payloads = row.flag(6);
  project.settings.unknown_model_policy = policyAt(row, 7);
  project.created_at = row.integer(8);
  project.deleted_at = row.optionalInteger(9);
  project.settings.budget_bare_models = row.flag(10);
  project.settings.guardrails = row.string(11);
  project.settings.unsupported_parameters =
      row.string(13) == nameOf(Unsupported::Refuse) ? Unsupported::Refuse : Unsupported::Drop;
  project.settings.unknown_files =
      row.string(14) == nameOf(UnknownFiles::Pass) ? UnknownFiles::Pass : UnknownFiles::Refuse;
  if (row.isNull(12)) return project;
  const Result<Secret> opened = box_.open(row.blob(12), identity(project.id));
  if (!opened) throw std::runtime_error(project.id + ": " + opened.error().detail);
  const auto secrets = json::parse(opened->reveal()).value();
  for (const auto& [rule, secret] : secrets.root().members()) {
    project.settings.guardrail_secrets.emplace(rule, std::string(*secret.asString()));
  }
  return project;
}

Status ProjectTable::insert(const model::Project& project) {
  if (findBySlug(project.organization_id, project.slug)) return slugTaken(project);
  const auto sealed = seal(project);
  insert_.run(project.id, project.organization_id, project.name, project.slug, project.description,
              project.settings.auto_resolve_bare_model, project.settings.retain_payloads,
              model::policyName(project.settings.unknown_model_policy), project.created_at,
              project.settings.budget_bare_models, project.settings.guardrails, asBlob(sealed),
              nameOf(project.settings.unsupported_parameters),
              nameOf(project.settings.unknown_files));
  return Unit{};
}

std::optional<model::Project> ProjectTable::find(std::string_view id) {
  return readOne(find_.query(id), [this](const auto& row) { return read(row); });
}

std::optional<model::Project> ProjectTable::findBySlug(std::string_view organization_id,
                                                       std::string_view slug) {
  return readOne(by_slug_.query(organization_id, slug),
                 [this](const auto& row) { return read(row); });
}

Page<model::Project> ProjectTable::list(std::span<const std::string> ids, const PageRequest& page,
                                        Deleted deleted) {
  return toPage(readAll(list_.query(page.after, deleted == Deleted::Include, textsToJson(ids),
                                    rowsToAsk(page)),
                        [this](const auto& row) { return read(row); }),
                page);
}

std::vector<model::Project> ProjectTable::all() {
  return readAll(list_.query("", false, "[]", std::numeric_limits<int64_t>::max()),
                 [this](const auto& row) { return read(row); });
}

Status ProjectTable::update(const model::Project& project) {
  const auto holder = findBySlug(project.organization_id, project.slug);
  if (holder && holder->id != project.id) return slugTaken(project);
  const auto sealed = seal(project);
  if (update_.run(project.name, project.slug, project.description,
                  project.settings.auto_resolve_bare_model, project.settings.retain_payloads,
                  model::policyName(project.settings.unknown_model_policy),
                  project.settings.budget_bare_models, project.settings.guardrails, asBlob(sealed),
                  nameOf(project.settings.unsupported_parameters),
                  nameOf(project.settings.unknown_files), project.id) == 0) {
    return notFound("project", project.id);
  }
  return Unit{};
}

bool ProjectTable::softDelete(std::string_view id, UnixMillis now) {
  return delete_.run(now, id) > 0;
}

}  // namespace penstock::store
