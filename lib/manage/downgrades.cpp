#include "manage/downgrades.h"

#include <algorithm>
#include <optional>

#include "config/slug.h"
#include "config/target_resolver.h"
#include "model/vendor.h"

namespace penstock::manage {
namespace {

constexpr const char* kForm = "must be @slug or provider/model";

std::optional<std::string> configProblem(std::string_view slug, const model::Budget& budget,
                                         store::Tables& tables) {
  if (!config::isSlug(slug)) return kForm;
  if (!budget.project_id) {
    if (tables.routing_configs.hasSlug(slug)) return std::nullopt;
    return "no project has such a routing config";
  }
  if (tables.routing_configs.findBySlug(*budget.project_id, slug)) return std::nullopt;
  return "the project has no such routing config";
}

// What resolveTarget() says of one that leads nowhere offers a field that budgets do not have.
std::optional<std::string> targetProblem(std::string_view target, store::Tables& tables) {
  const size_t slash = target.find('/');
  if (slash == std::string_view::npos) return kForm;
  if (slash + 1 == target.size()) return "the model name after '/' is empty";
  const auto id_of = [](const std::optional<model::Provider>& provider) {
    return provider ? provider->id : std::string();
  };
  const config::ProviderNames names{
      [&](std::string_view name) { return id_of(tables.providers.findByName(name)); },
      [&](std::string_view vendor) { return id_of(tables.providers.defaultOf(vendor)); }};
  if (config::resolveTarget(target, names)) return std::nullopt;
  const std::string left(target.substr(0, slash));
  if (model::findVendor(left) != nullptr) return "there is no provider of the vendor " + left;
  return "there is no provider called " + left;
}

// What keeps the downgrade from being followed, as the store is now.
std::optional<std::string> problemOf(const model::Budget& budget, store::Tables& tables) {
  const std::string& target = budget.downgrade_to;
  if (target.empty()) return std::nullopt;
  if (target.starts_with('@')) return configProblem(config::withoutAt(target), budget, tables);
  return targetProblem(target, tables);
}

std::string nameFor(const Call& call, const model::Budget& budget) {
  const bool known =
      budget.project_id ? call.sees(*budget.project_id) : call.caller.project_ids.empty();
  return known ? '"' + budget.name + '"' : "one of all projects";
}

}  // namespace

void checkDowngrade(json::ObjectReader& body, const model::Budget& budget, store::Tables& tables) {
  if (auto problem = problemOf(budget, tables)) body.fail("downgrade_to", *std::move(problem));
}

Downgrades::Downgrades(Change& change) : change_(change) {
  for (const model::Budget& budget : change.tables.budgets.all()) {
    if (budget.downgrade_to.empty() || problemOf(budget, change.tables)) continue;
    leading_.push_back(budget.id);
  }
}

Status Downgrades::check(std::string_view id, std::string_view says) const {
  std::string names, resource;
  for (const std::string& budget_id : leading_) {
    const auto budget = change_.tables.budgets.find(budget_id);
    if (!budget || !problemOf(*budget, change_.tables)) continue;
    if (names.empty()) {
      resource = budget->downgrade_to.starts_with('@') ? "routing_config" : "provider";
    }
    names.append(names.empty() ? "" : ", ").append(nameFor(change_.call, *budget));
  }
  if (names.empty()) return Unit{};
  ApiError error{ErrorKind::Conflict, resource + "_in_use", std::string(says) + ": " + names};
  error.resource = resource;
  error.id = id;
  return error;
}

}  // namespace penstock::manage
