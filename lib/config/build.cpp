#include "config/build.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "config/budget_index.h"
#include "config/build_guards.h"
#include "config/build_keys.h"
#include "config/policy.h"
#include "config/references.h"

namespace penstock::config {
namespace {

std::shared_ptr<const ProjectIndex> buildProjects(store::ProjectTable& table) {
  auto index = std::make_shared<ProjectIndex>();
  for (model::Project& project : table.all()) {
    const std::string id = project.id;
    index->emplace(id, std::move(project));
  }
  return index;
}

std::shared_ptr<const ProviderIndex> buildProviders(store::ProviderTable& table) {
  auto index = std::make_shared<ProviderIndex>();
  index->all = table.all();
  for (size_t i = 0; i < index->all.size(); ++i) {
    const model::Provider& provider = index->all[i];
    index->by_id.emplace(provider.id, i);
    index->by_name.emplace(provider.name, i);
    if (provider.is_default) index->default_of_vendor.emplace(provider.vendor, i);
  }
  return index;
}

// The parsed form of an unchanged head is taken from `known`, which may be null.
Result<RoutingConfig> parseHead(model::RoutingConfig head, const PolicyContext& context,
                                const RoutingConfigIndex* known) {
  if (known != nullptr) {
    const auto found = known->by_id.find(head.id);
    if (found != known->by_id.end() && known->all[found->second].head == head) {
      return known->all[found->second];
    }
  }
  auto parsed = parsePolicy(head.policy, head.config_json, context);
  auto cache = parseCacheRules(head.cache_json);
  if (parsed && cache) return RoutingConfig{std::move(head), std::move(parsed->policy), *cache};
  ApiError error = parsed ? std::move(cache).error() : std::move(parsed).error();
  error.resource = "routing_config";
  error.id = head.id;
  error.detail = "routing config @" + head.slug + " of project " + head.project_id;
  return error;
}

// `known` are configs that were checked against these same providers.
Result<std::shared_ptr<const RoutingConfigIndex>> buildRoutingConfigs(
    store::RoutingConfigTable& table, const ProviderIndex& providers,
    const RoutingConfigIndex* known) {
  const PolicyContext context{
      [&providers](std::string_view id) { return providers.by_id.contains(id); }};
  std::vector<model::RoutingConfig> heads = table.all();
  std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) {
    return std::tie(a.project_id, a.slug) < std::tie(b.project_id, b.slug);
  });
  auto index = std::make_shared<RoutingConfigIndex>();
  index->all.reserve(heads.size());
  for (model::RoutingConfig& head : heads) {
    auto config = parseHead(std::move(head), context, known);
    if (!config) return std::move(config).error();
    const size_t place = index->all.size();
    index->by_id.emplace(config->head.id, place);
    index->by_slug[config->head.project_id].emplace(config->head.slug, place);
    index->all.push_back(*std::move(config));
  }
  if (Status sound = checkReferences(*index); !sound) return std::move(sound).error();
  return std::shared_ptr<const RoutingConfigIndex>(std::move(index));
}

// Where somebody wants to be told: at the soft cap, at the cap, and at what alerts name.
void setThresholds(model::Budget& budget, const std::multimap<std::string, int>& of_alerts) {
  constexpr int kExceeded = 100;
  std::set<int> thresholds{budget.soft_cap_pct, kExceeded};
  const auto [first, last] = of_alerts.equal_range(budget.id);
  for (auto alert = first; alert != last; ++alert) thresholds.insert(alert->second);
  budget.thresholds.assign(thresholds.begin(), thresholds.end());
}

// Of living projects; a deleted one's budgets bind nobody.
std::shared_ptr<const BudgetIndex> buildBudgets(store::Tables& tables,
                                                const ProjectIndex& projects) {
  std::multimap<std::string, int> of_alerts;  // by budget
  for (const model::BudgetAlert& alert : tables.budget_alerts.all()) {
    of_alerts.emplace(alert.budget_id, alert.threshold_pct);
  }
  std::vector<model::Budget> budgets = tables.budgets.all();
  for (model::Budget& budget : budgets) setThresholds(budget, of_alerts);
  for (const model::Balance& balance : tables.balances.all()) {
    for (model::Budget& budget : budgetsOf(balance)) budgets.push_back(std::move(budget));
  }
  std::erase_if(budgets, [&](const model::Budget& budget) {
    return budget.project_id && !projects.contains(*budget.project_id);
  });
  return std::make_shared<const BudgetIndex>(std::move(budgets));
}

Result<std::shared_ptr<const pricing::Overrides>> buildPrices(store::PriceOverrideTable& table) {
  auto overrides = pricing::Overrides::build(table.all());
  if (!overrides) return std::move(overrides).error();
  return std::shared_ptr<const pricing::Overrides>(
      std::make_shared<pricing::Overrides>(*std::move(overrides)));
}

// Puts what was built into its place; answers the error when nothing was.
template <typename T>
Status place(std::shared_ptr<const T>& part, Result<std::shared_ptr<const T>> built) {
  if (!built) return std::move(built).error();
  part = *std::move(built);
  return Unit{};
}

Status rebuildKeys(store::Tables& tables, Part changed, Snapshot::Parts& parts) {
  const store::TouchedSecrets touched = tables.api_keys.takeTouched();
  if (parts.api_keys == nullptr || touched.many || includes(changed, Part::Projects)) {
    return place(parts.api_keys, buildApiKeys(tables.api_keys));
  }
  if (touched.hashes.empty()) return Unit{};
  return place(parts.api_keys, updateApiKeys(tables.api_keys, *parts.api_keys, touched.hashes));
}

Status rebuildCallers(store::Tables& tables, Part changed, Snapshot::Parts& parts) {
  if (Status keys = rebuildKeys(tables, changed, parts); !keys) return keys;
  if (includes(changed, Part::Organization)) {
    Status built = place(parts.organization, buildOrganization(tables.organizations));
    if (!built) return built;
  }
  if (!includes(changed, Part::ManagementKeys)) return Unit{};
  return place(parts.management_keys, buildManagementKeys(tables.management_keys));
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> build(store::Tables& tables, Part changed,
                                              const Snapshot* base) {
  if (base == nullptr) changed = Part::All;
  const bool routing_changed = includes(changed, Part::RoutingConfigs) ||
                               includes(changed, Part::Projects) ||
                               includes(changed, Part::Providers);
  Snapshot::Parts parts = base == nullptr ? Snapshot::Parts{} : base->parts();
  parts.version = tables.meta.configVersion();
  if (Status built = rebuildCallers(tables, changed, parts); !built) {
    return std::move(built).error();
  }
  if (includes(changed, Part::Prices)) {
    if (Status built = place(parts.prices, buildPrices(tables.price_overrides)); !built) {
      return std::move(built).error();
    }
  }
  if (includes(changed, Part::Projects)) {
    parts.projects = buildProjects(tables.projects);
    if (Status built = place(parts.guards, buildGuards(*parts.projects, base)); !built) {
      return std::move(built).error();
    }
  }
  if (includes(changed, Part::Budgets) || includes(changed, Part::Projects)) {
    parts.budgets = buildBudgets(tables, *parts.projects);
  }
  if (includes(changed, Part::Providers)) parts.providers = buildProviders(tables.providers);
  if (routing_changed) {
    const RoutingConfigIndex* known =
        includes(changed, Part::Providers) ? nullptr : parts.routing_configs.get();
    Status built = place(parts.routing_configs,
                         buildRoutingConfigs(tables.routing_configs, *parts.providers, known));
    if (!built) return std::move(built).error();
  }
  return std::shared_ptr<const Snapshot>(std::make_shared<Snapshot>(std::move(parts)));
}

}  // namespace penstock::config
