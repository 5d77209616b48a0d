#include "store/provision.h"

#include <algorithm>
#include <stdexcept>

#include "base/id.h"
#include "json/writer.h"
#include "store/rows.h"
#include "store/store.h"

namespace penstock::store {
namespace {

constexpr std::string_view kSystem = "system";

std::string singleConfig(std::string_view model, std::string_view provider_id) {
  std::string config;
  json::Writer(config)
      .beginObject()
      .field("model", model)
      .field("provider_credential_id", provider_id)
      .endObject();
  return config;
}

// The config of a new @default: the oldest real provider that can, else the demo.
std::optional<std::string> defaultConfig(Tables& tables) {
  const std::vector<model::Provider> all = tables.providers.all();
  auto chosen = std::find_if(all.begin(), all.end(), canBeDefault);
  if (chosen == all.end()) {
    chosen = std::find_if(all.begin(), all.end(),
                          [](const auto& provider) { return provider.vendor == kDemoVendor; });
  }
  if (chosen == all.end()) return std::nullopt;
  return singleConfig(chosen->default_model, chosen->id);
}

Status insertDefaultConfig(Tables& tables, const model::Project& project) {
  std::optional<std::string> config_json = defaultConfig(tables);
  if (!config_json) return Unit{};
  model::RoutingConfig config;
  config.id = newId("rc_", project.created_at);
  config.project_id = project.id;
  config.name = "Default";
  config.slug = kDefaultSlug;
  config.policy = "single";
  config.config_json = *std::move(config_json);
  config.automatic = true;
  return tables.routing_configs.insert(
      config, {std::string(kSystem), "created with the project", project.created_at});
}

// Moves the untouched @defaults from the demo to a provider that can serve them.
Status adoptDefaults(Tables& tables, const model::Provider& provider) {
  if (!canBeDefault(provider)) return Unit{};
  for (model::RoutingConfig& config : tables.routing_configs.automaticAt(kDemoVendor)) {
    config.config_json = singleConfig(provider.default_model, provider.id);
    auto moved = tables.routing_configs.update(
        config, config.version,
        {std::string(kSystem), "moved to provider " + provider.name, provider.updated_at});
    if (!moved) return std::move(moved).error();
  }
  return Unit{};
}

Secret addProjectKey(Tables& tables, const model::Project& project, UnixMillis now) {
  MintedKey minted = mintKey(kProjectKeyPrefix);
  model::ApiKey key;
  key.id = newId("key_", now);
  key.project_id = project.id;
  key.name = "default";
  key.hash = minted.hash;
  key.prefix = minted.prefix;
  key.last_four = minted.last_four;
  key.created_at = now;
  tables.api_keys.insert(key);
  return std::move(minted.plaintext);
}

Secret addOwnerKey(Tables& tables, const model::Organization& organization, UnixMillis now) {
  MintedKey minted = mintKey(kManagementKeyPrefix);
  model::ManagementKey key;
  key.id = newId("mkey_", now);
  key.organization_id = organization.id;
  key.name = "owner";
  key.role = model::Role::Owner;
  key.hash = minted.hash;
  key.prefix = minted.prefix;
  key.last_four = minted.last_four;
  key.created_at = now;
  tables.management_keys.insert(key);
  return std::move(minted.plaintext);
}

Result<FirstKeys> fill(Tables& tables, UnixMillis now) {
  if (tables.organizations.first()) return FirstKeys{};
  const model::Organization organization{newId("org_", now), "Default", "default", now, {}};
  if (Status status = tables.organizations.insert(organization); !status) {
    return std::move(status).error();
  }
  tables.audit_log.begin();
  ensureDemoProvider(tables, now);
  model::Project project;
  project.id = newId("proj_", now);
  project.organization_id = organization.id;
  project.name = "Default";
  project.slug = "default";
  project.created_at = now;
  if (Status status = createProject(tables, project); !status) return std::move(status).error();
  return FirstKeys{addProjectKey(tables, project, now), addOwnerKey(tables, organization, now)};
}

ApiError inUse(std::string_view id, const std::vector<model::RoutingConfig>& users) {
  std::string names;
  for (const auto& config : users) names += (names.empty() ? "@" : ", @") + config.slug;
  ApiError error = conflict("provider_in_use", "the provider is used by " + names);
  error.resource = "provider";
  error.id = id;
  return error;
}

}  // namespace

bool canBeDefault(const model::Provider& provider) {
  return provider.vendor != kDemoVendor && !provider.default_model.empty();
}

FirstKeys bootstrap(Store& store, const Clock& clock) {
  auto keys = store.write([&](Tables& tables) { return fill(tables, clock.now()); });
  return *std::move(keys);
}

std::string ensureDemoProvider(Tables& tables, UnixMillis now) {
  for (const model::Provider& provider : tables.providers.all()) {
    if (provider.vendor == kDemoVendor) return provider.id;
  }
  model::Provider demo;
  demo.id = newId("prov_", now);
  demo.vendor = kDemoVendor;
  demo.name = kDemoVendor;
  // Somebody may have called a provider of another vendor "demo".
  for (int n = 2; tables.providers.findByName(demo.name); ++n) {
    demo.name = std::string(kDemoVendor) + "-" + std::to_string(n);
  }
  demo.is_default = true;
  demo.default_model = kDemoModel;
  demo.created_at = now;
  demo.updated_at = now;
  if (Status status = tables.providers.insert(demo); !status) {
    throw std::logic_error("demo provider: " + status.error().message);
  }
  return demo.id;
}

Status createProject(Tables& tables, const model::Project& project) {
  if (Status status = tables.projects.insert(project); !status) return status;
  return insertDefaultConfig(tables, project);
}

bool deleteProject(Tables& tables, std::string_view project_id, UnixMillis now) {
  if (!tables.projects.softDelete(project_id, now)) return false;
  tables.routing_configs.softDeleteOfProject(project_id, now);
  tables.api_keys.revokeOfProject(project_id, now);
  return true;
}

Status addProvider(Tables& tables, const model::Provider& provider) {
  if (Status status = tables.providers.insert(provider); !status) return status;
  return adoptDefaults(tables, provider);
}

Status updateProvider(Tables& tables, const model::Provider& provider) {
  if (Status status = tables.providers.update(provider); !status) return status;
  return adoptDefaults(tables, provider);
}

Status deleteProvider(Tables& tables, std::string_view id, UnixMillis now) {
  if (const auto users = tables.routing_configs.referencing(id); !users.empty()) {
    return inUse(id, users);
  }
  if (!tables.providers.softDelete(id, now)) return notFound("provider", std::string(id));
  return Unit{};
}

}  // namespace penstock::store
