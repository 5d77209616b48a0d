#include "config/build.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "config/policy.h"

namespace penstock::config {
namespace {

// Parts that are made from others change with them.
Part withDependents(Part changed) {
  if (includes(changed, Part::Projects)) changed = changed | Part::ApiKeys | Part::RoutingConfigs;
  if (includes(changed, Part::Providers)) changed = changed | Part::RoutingConfigs;
  return changed;
}

std::shared_ptr<const ApiKeyIndex> buildApiKeys(store::ApiKeyTable& table) {
  std::vector<model::ApiKey> keys = table.usable();
  auto index = std::make_shared<ApiKeyIndex>();
  index->reserve(keys.size());
  for (model::ApiKey& key : keys) {
    const Sha256 hash = key.hash;
    index->emplace(hash, std::move(key));
  }
  return index;
}

std::shared_ptr<const ManagementKeyIndex> buildManagementKeys(store::ManagementKeyTable& table) {
  auto index = std::make_shared<ManagementKeyIndex>();
  for (model::ManagementKey& key : table.usable()) {
    const Sha256 hash = key.hash;
    index->emplace(hash, std::move(key));
  }
  return index;
}

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

Result<std::shared_ptr<const RoutingConfigIndex>> buildRoutingConfigs(
    store::RoutingConfigTable& table, const ProviderIndex& providers) {
  const PolicyContext context{
      [&providers](std::string_view id) { return providers.by_id.contains(id); }};
  std::vector<model::RoutingConfig> heads = table.all();
  std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) {
    return std::tie(a.project_id, a.slug) < std::tie(b.project_id, b.slug);
  });
  auto index = std::make_shared<RoutingConfigIndex>();
  for (model::RoutingConfig& head : heads) {
    auto parsed = parsePolicy(head.policy, head.config_json, context);
    if (!parsed) {
      ApiError error = std::move(parsed).error();
      error.resource = "routing_config";
      error.id = head.id;
      error.detail = "routing config @" + head.slug + " of project " + head.project_id;
      return error;
    }
    const size_t place = index->all.size();
    index->by_id.emplace(head.id, place);
    index->by_slug[head.project_id].emplace(head.slug, place);
    index->all.push_back({std::move(head), std::move(parsed->policy)});
  }
  return std::shared_ptr<const RoutingConfigIndex>(std::move(index));
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> build(store::Tables& tables, Part changed,
                                              const Snapshot* base) {
  changed = base == nullptr ? Part::All : withDependents(changed);
  Snapshot::Parts parts = base == nullptr ? Snapshot::Parts{} : base->parts();
  parts.version = tables.meta.configVersion();
  if (includes(changed, Part::ApiKeys)) parts.api_keys = buildApiKeys(tables.api_keys);
  if (includes(changed, Part::ManagementKeys)) {
    parts.management_keys = buildManagementKeys(tables.management_keys);
  }
  if (includes(changed, Part::Projects)) parts.projects = buildProjects(tables.projects);
  if (includes(changed, Part::Providers)) parts.providers = buildProviders(tables.providers);
  if (includes(changed, Part::RoutingConfigs)) {
    auto built = buildRoutingConfigs(tables.routing_configs, *parts.providers);
    if (!built) return std::move(built).error();
    parts.routing_configs = *std::move(built);
  }
  return std::shared_ptr<const Snapshot>(std::make_shared<Snapshot>(std::move(parts)));
}

}  // namespace penstock::config
